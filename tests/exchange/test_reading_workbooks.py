import datetime as dt
import struct

import pytest

from exchange.issues import FileRefused
from exchange.raw import NO_RESULT, ErrorCell
from exchange.reading import read_file
from exchange.types import Text
from tests.exchange.samples import FOLDER, one_column_kind
from tests.exchange.workbooks import cell, sheet, workbook, zipped

KIND = one_column_kind(Text(), required=True)
HEADER = cell("A1", "value")


def values(content, name="a.xlsx"):
    return [row.cells[0] for row in read_file(content, name, KIND).data_rows()]


def refusal(content, name="a.xlsx"):
    with pytest.raises(FileRefused) as refused:
        values(content, name)
    return refused.value.code


def of(*cells):
    return workbook(sheet({1: [HEADER]} | {number: [one] for number, one in enumerate(cells, start=2)}))


def test_every_sort_of_cell():
    assert values(
        of(
            cell("A2", "text"),
            cell("A3", 12.5),
            cell("A4", 45901, style=1),
            cell("A5", 0.5, style=2),
            cell("A6", "#N/A", kind="e"),
            cell("A7", None, formula="1+1"),
            cell("A8", 2, formula="1+1"),
            cell("A9", 1, kind="b"),
            cell("A10", "_x0041__x005F_x0042_"),
            cell("A11", "a&amp;b"),
        )
    ) == [
        "text", 12.5, dt.date(2025, 9, 1), dt.time(12), ErrorCell("#N/A"), NO_RESULT, 2.0, "TRUE", "A_x0042_", "a&b",
    ]  # fmt: skip


def test_a_formula_with_an_empty_result_is_an_empty_cell():
    rows = {
        1: [HEADER, cell("B1", "序号")],
        2: [cell("A2", "", kind="str", formula="x"), cell("B2", 1)],
        3: [cell("A3", "x")],
    }
    assert values(workbook(sheet(rows))) == ["x"]


def test_serials_follow_the_workbooks_own_calendar():
    page = sheet({1: [HEADER], 2: [cell("A2", 0, style=1)], 3: [cell("A3", 44439, style=1)]})
    assert values(workbook(page, date1904=True)) == [dt.date(1904, 1, 1), dt.date(2025, 9, 1)]
    assert values(of(cell("A2", 59, style=1), cell("A3", 60, style=1), cell("A4", 61, style=1))) == [
        dt.date(1900, 2, 28), "1900-02-29", dt.date(1900, 3, 1),
    ]  # fmt: skip


def test_phonetic_guides_are_not_text():
    guided = "<si><r><t>张</t></r><rPh><t>zhang</t></rPh><r><t>伟</t></r></si>"
    page = sheet({1: [HEADER], 2: [cell("A2", 0, kind="s")]})
    assert values(workbook(page, parts={"xl/sharedStrings.xml": f"<sst>{guided}</sst>"})) == ["张伟"]


def test_a_merged_column_gives_its_value_to_each_row():
    merged = '<mergeCells count="1"><mergeCell ref="A2:A4"/></mergeCells>'
    rows = {
        1: [HEADER],
        2: [cell("A2", "x")],
        3: [cell("B3", "note")],
        4: [cell("B4", "note")],
        5: [cell("B5", "note")],
    }
    found = read_file(workbook(sheet(rows, after=merged)), "a.xlsx", KIND)
    assert [(row.number, row.cells[0]) for row in found.data_rows()] == [(2, "x"), (3, "x"), (4, "x")]
    assert [(one.code, one.value) for one in found.warnings] == [("unknown_column", "[B]")]


def test_hidden_sheets_are_ignored_and_further_ones_named():
    page = sheet({1: [HEADER], 2: [cell("A2", "seen")]})
    other = sheet({1: [HEADER], 2: [cell("A2", "hidden")]})
    found = read_file(workbook(other, page, page, states=("hidden", "visible", "visible")), "a.xlsx", KIND)
    assert [row.cells[0] for row in found.data_rows()] == ["seen"]
    assert [(one.code, one.value) for one in found.warnings] == [("extra_sheet_ignored", "S3")]


def test_prefixed_names_and_cells_without_reference():
    text = (
        '<x:worksheet xmlns:x="m"><x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>value</x:t></x:is></x:c></x:row>'
        "<x:row><x:c><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>"
    )
    assert values(workbook(text)) == [7.0]


def test_a_stray_cell_far_away_costs_nothing():
    page = sheet({1: [HEADER], 2: [cell("A2", "x")], 1_048_576: [cell("XFD1048576", "far")]})
    assert values(workbook(page)) == ["x"]


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.xlsx", "file_empty"),
        (b" \r\n\t", "a.xlsx", "file_empty"),
        (b"x" * (20 * 1024 * 1024 + 1), "a.exe", "file_too_large"),
        (b"x", "a.exe", "wrong_file_type"),
        (b"%PDF-1.7", "a.xlsx", "wrong_file_type"),
        (b"PK\x03\x04 and then nothing", "a.xlsx", "file_unreadable"),
        (zipped({"word/document.xml": "<w/>"}), "a.xlsx", "wrong_file_type"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.xlsx", "wrong_file_type"),
        (of(cell("A2", "x")), "a.xlsm", "file_has_macros"),
        (of(cell("A2", "x")), "a.csv", "wrong_file_type"),
        (workbook(sheet({1: [HEADER]})), "a.xlsx", "no_data_rows"),
        (workbook(sheet({1: [cell("A1", "other")]})), "a.xlsx", "header_not_found"),
        (workbook(sheet({21: [cell("A21", "value")]})), "a.xlsx", "header_not_found"),
        (workbook(sheet({1: [HEADER, cell("B1", "VALUE (x)")], 2: [cell("A2", "x")]})), "a.xlsx", "duplicate_column"),
        (workbook("<worksheet><sheetData>"), "a.xlsx", "file_unreadable"),
        (of(cell("A2", "x", kind="s")), "a.xlsx", "file_unreadable"),
        (of(cell("A2", "nan", kind="n")), "a.xlsx", "file_unreadable"),
        (workbook(sheet({1: [HEADER]}), parts={"xl/vbaProject.bin": "x"}), "a.xlsx", "file_has_macros"),
        (
            workbook(sheet({1: [HEADER]}), parts={"docProps/app.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x/>'}),
            "a.xlsx",
            "file_unsafe_xml",
        ),
        (
            workbook(sheet({1: [HEADER]}), parts={"docProps/app.xml": "<!DOCTYPE x><x/>".encode("utf-16")}),
            "a.xlsx",
            "file_unsafe_xml",
        ),
        (
            workbook(sheet({1: [cell(f"{letter}{1}", f"h{letter}") for letter in columns] + [HEADER]}))
            if (columns := [a + b for a in "BCDEFGHIJ" for b in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"])
            else b"",
            "a.xlsx",
            "too_many_columns",
        ),
    ],
    ids=lambda value: value[:8].hex() if isinstance(value, bytes) else value,
)  # fmt: skip
def test_refused_as_a_whole(content, name, code):
    assert refusal(content, name) == code


def test_a_bomb_is_refused_by_its_directory():
    assert (
        refusal(workbook(sheet({1: [HEADER]}), parts={"xl/media/a.bin": "\0" * (100 * 1024 * 1024 + 1)})) == "zip_bomb"
    )


def test_a_bomb_whose_directory_lies_is_refused_while_inflating():
    content = bytearray(workbook(sheet({1: [HEADER]}), parts={"xl/media/a.bin": "\0" * (101 * 1024 * 1024)}))
    place = content.rindex(b"PK\x01\x02")
    struct.pack_into("<I", content, place + 24, 10)
    assert refusal(bytes(content)) == "zip_bomb"


def test_a_directory_that_lies_a_little_is_damage():
    content = bytearray(of(cell("A2", "x")))
    place = content.rindex(b"PK\x01\x02")
    struct.pack_into("<I", content, place + 24, 10)
    assert refusal(bytes(content)) == "file_unreadable"


def test_every_cut_of_a_workbook_is_refused():
    content = (FOLDER / "files/schools_and_majors/clean.xlsx").read_bytes()
    for length in range(4, len(content), 97):
        assert refusal(content[:length]) in {"file_unreadable", "wrong_file_type"}
