"""Workbooks of registries and finance offices: .xls and .ods, read by a process of its own under those extensions only."""

import datetime as dt
import zipfile
from io import BytesIO

import pytest

from exchange.issues import FileRefused
from exchange.raw import ErrorCell
from exchange.reading import converted, read_file
from exchange.types import Text
from tests.cases.old_workbooks import Error, ods, xls
from tests.cases.reading import said, values
from tests.exchange.samples import one_column_kind
from tests.exchange.workbooks import cell, sheet, workbook, zipped

KIND = one_column_kind(Text(), required=True)
PLAN = [
    ("批次", "教学点代码", "专业代码", "层次", "学习形式", "计划数", "备注"),
    ("2026秋", 1306, "120203K", "高起本", "非脱产", 50, "甲"),
    ("2026秋", "1306", "081001", "专升本", "非脱产", 51.0, "乙"),
    (dt.date(2026, 9, 1), "4405", "081001", "专升本", "非脱产", 300, "丙"),
]
LATE = dt.datetime.combine(dt.date(2025, 8, 31), dt.time(23, 59, 17))
both = pytest.mark.parametrize(("write", "name"), [(xls, "a.xls"), (ods, "a.ods")])


def cells(content, name):
    return [row.cells[0] for row in read_file(content, name, KIND).data_rows()]


def refused(content, name):
    with pytest.raises(FileRefused) as refusal:
        cells(content, name)
    return refusal.value.code


@both
def test_a_plan_is_read_as_from_any_other_file(write, name):
    found, remarks = values(write(PLAN), name, "admission_plan")
    assert found["quota"] == [50, 51, 300]
    assert found["batch"] == ["2026-autumn"] * 3
    assert found["center_code"] == ["1306", "1306", "4405"]
    assert found["remark"] == ["甲", "乙", "丙"]
    assert remarks == []


@both
def test_every_sort_of_cell(write, name):
    rows = [
        ["value"],
        ["文字"],
        [12.5],
        [289.09999999999997],
        [dt.date(2025, 9, 1)],
        [LATE],
        [True],
        [Error("#REF!")],
        ["x"],
    ]
    assert cells(write(rows), name) == [
        "文字", 12.5, 289.1, dt.date(2025, 9, 1), LATE, "TRUE", ErrorCell("#REF!"), "x",
    ]  # fmt: skip


@both
def test_rows_and_columns_keep_their_numbers(write, name):
    content = write([["", ""], ["", "value"], ["", ""], ["", "x"]])
    assert [(row.number, row.cells) for row in read_file(content, name, KIND).data_rows()] == [(4, ("x",))]


@both
def test_hidden_sheets_are_ignored_and_further_ones_named(write, name):
    rows = [["value"], ["seen"]]
    found = read_file(write([["value"], ["hidden"]], rows, rows, hidden=[0]), name, KIND)
    assert [row.cells[0] for row in found.data_rows()] == ["seen"]
    assert said(found.warnings) == [(None, None, "extra_sheet_ignored", "S3")]


def test_a_merged_column_gives_its_value_to_each_row():
    assert cells(xls([["value"], ["x", "1"], ["", "2"], ["", "3"]], merged=[(0, 1, 3)]), "a.xls") == ["x", "x", "x"]


def test_what_open_document_has_merged_is_missed_aloud():
    """The library does not tell where cells of an .ods file are merged."""
    _found, remarks = values(ods([*PLAN[:2], (None, *PLAN[2][1:])]), "a.ods", "admission_plan")
    assert said(remarks) == [(3, "batch", "required", None)]


def test_the_calendar_of_1904():
    assert cells(xls([["value"], [dt.date(2025, 9, 1)]], date1904=True), "a.xls") == [dt.date(2025, 9, 1)]
    assert read_file(xls([["value"], ["x"]], date1904=True), "a.xls", KIND).sheet.date1904


def test_a_million_formatted_rows_cost_nothing():
    assert cells(ods([["value"], ["x"]], empty_rows=1_048_000), "a.ods") == ["x"]


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (xls([["value"], ["x"]]), "a.xlsx", "wrong_file_type"),
        (xls([["value"], ["x"]]), "a.ods", "wrong_file_type"),
        (xls([["value"], ["x"]]), "a.csv", "wrong_file_type"),
        (ods([["value"], ["x"]]), "a.xlsx", "wrong_file_type"),
        (ods([["value"], ["x"]]), "a.xls", "wrong_file_type"),
        (workbook(sheet({1: [cell("A1", "value")]})), "a.xls", "wrong_file_type"),
        (workbook(sheet({1: [cell("A1", "value")]})), "a.ods", "wrong_file_type"),
        (b"<html><table><tr><td>value</td></tr></table>", "a.xls", "wrong_file_type"),
        (b"value,x\n", "a.xls", "wrong_file_type"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xls", "file_unreadable"),
        (xls([["other"], ["x"]]), "a.xls", "header_not_found"),
        (xls([["value"]]), "a.xls", "no_data_rows"),
        (xls([["value"], ["x"]])[:3000], "a.xls", "file_unreadable"),
        (ods([["value"], ["x"]])[:-30], "a.ods", "file_unreadable"),
    ],
    ids=lambda value: value[:4].hex() if isinstance(value, bytes) else value,
)
def test_refused_as_a_whole(content, name, code):
    assert refused(content, name) == code


def changed(**parts: str) -> bytes:
    with zipfile.ZipFile(BytesIO(ods([["value"], ["x"]]))) as package:
        found = {name: package.read(name) for name in package.namelist()}
    return zipped({**found, **{name.replace("__", "/").replace("_xml", ".xml"): text for name, text in parts.items()}})


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"META-INF__manifest_xml": "<manifest><encryption-data/></manifest>"}, "file_encrypted"),
        ({"Basic__script-lc_xml": "<x/>"}, "file_has_macros"),
        ({"settings_xml": '<!DOCTYPE x [<!ENTITY a "b">]><x/>'}, "file_unsafe_xml"),
        ({"Pictures__a": "\0" * (100 * 1024 * 1024 + 1)}, "zip_bomb"),
        ({"mimetype": "application/vnd.oasis.opendocument.text"}, "wrong_file_type"),
        ({"content_xml": "<content><table>"}, "file_unreadable"),
        ({"content_xml": "<content/>"}, "header_not_found"),
    ],
)
def test_packages_of_open_document_that_are_refused(parts, code):
    assert refused(changed(**parts), "a.ods") == code


def test_a_sheet_that_unfolds_without_end_is_refused():
    content = changed(content_xml=UNFOLDING)
    assert refused(content, "a.ods") in {"file_too_large", "file_unreadable"}


NAMESPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"' for short in ("office", "table", "text")
)
UNFOLDING = (
    f"<office:document-content {NAMESPACES}><office:body><office:spreadsheet><table:table table:name='S'>"
    "<table:table-row table:number-rows-repeated='1000000'><table:table-cell office:value-type='string' "
    "table:number-columns-repeated='1000'><text:p>x</text:p></table:table-cell></table:table-row>"
    "</table:table></office:spreadsheet></office:body></office:document-content>"
)


@pytest.mark.parametrize(
    ("work", "code"),
    [
        ("import time; time.sleep(60)", "file_too_large"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "file_too_large"),
        ("raise SystemExit(1)", "file_unreadable"),
        ("import os; assert 'SECRET_KEY' not in os.environ; raise SystemExit(6)", "file_has_macros"),
    ],
)
def test_a_converter_that_fails_takes_nobody_with_it(monkeypatch, tmp_path, work, code):
    program = tmp_path / "converter.py"
    program.write_text(work)
    monkeypatch.setattr(converted, "CONVERTER", program)
    monkeypatch.setattr(converted, "MOST_SECONDS", 1)
    monkeypatch.setenv("SECRET_KEY", "x")
    assert refused(xls([["value"], ["x"]]), "a.xls") == code
