"""Workbooks of other programs: parts are found by the package's relations, wherever they lie."""

import datetime as dt
import io
import zipfile

import pytest

from exchange.issues import FileRefused
from exchange.reading import read_file
from exchange.types import Text
from tests.cases.reading import case, said, values
from tests.exchange.samples import one_column_kind
from tests.exchange.workbooks import MAIN, RELATIONS, cell, sheet, workbook, zipped

KIND = one_column_kind(Text(), required=True)
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PAGE = sheet({1: [cell("A1", "value")], 2: [cell("A2", 0, kind="s")], 3: [cell("A3", 45901, style=1)]})
STRINGS = f"<sst {MAIN}><si><t>text</t></si></sst>"
STYLES = f'<styleSheet {MAIN}><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'
READ = ["text", dt.date(2025, 9, 1)]


def relations(*targets: tuple[str, str], base: str = RELATIONS) -> str:
    links = (
        f'<Relationship Id="rId{number}" Type="{base}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{PACKAGE}">{"".join(links)}</Relationships>'


def package(main: str, main_relations: str, parts: dict[str, str], *, base: str = RELATIONS, root: str = "") -> bytes:
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": relations(("officeDocument", root or f"/{main}"), base=base),
            main: f'<workbook {MAIN} xmlns:r="{base}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
            main_relations: relations(*((kind, target) for kind, target in TARGETS[main]), base=base),
            **parts,
        }
    )


TARGETS = {
    "xl/workbook.xml": (
        ("worksheet", "/xl/sheets/1.dat"),
        ("sharedStrings", "strings/all.xml"),
        ("styles", "../other/styles%20of%20it.xml"),
    ),
    "Book/Main.xml": (
        ("worksheet", "Sheets/One.xml"),
        ("sharedStrings", "Strings.xml"),
        ("styles", "Looks.xml"),
    ),
}


def cells(content, name="a.xlsx"):
    return [row.cells[0] for row in read_file(content, name, KIND).data_rows()]


def refused(content, name="a.xlsx"):
    with pytest.raises(FileRefused) as refusal:
        cells(content, name)
    return refusal.value.code


@pytest.mark.parametrize("name", ["x00", "x01", "x02", "x05"])
def test_cases_are_read_like_the_control(name):
    found, remarks = values(*case(name), "admission_plan")
    assert found["quota"] == [50, 51, 300]
    assert found["remark"] == ["甲", "乙", "丙"]
    assert remarks == []


def test_styles_in_another_part_tell_what_is_a_date():
    found, remarks = values(*case("x11"), "admission_plan")
    assert (found["batch"], remarks) == (["2026-autumn"], [])


def test_a_date_a_few_seconds_short_of_midnight_is_told():
    found, remarks = values(*case("x24"), "status_changes")
    assert found["effective_date"] == [dt.date(2026, 11, 15)]
    assert said(remarks) == [(2, "effective_date", "date_near_midnight", "2026-11-15")]


def test_parts_anywhere_with_any_name():
    parts = {"xl/sheets/1.dat": PAGE, "xl/strings/all.xml": STRINGS, "other/styles of it.xml": STYLES}
    assert cells(package("xl/workbook.xml", "xl/_rels/workbook.xml.rels", parts)) == READ


def test_another_folder_and_other_capitals():
    parts = {"book/sheets/one.xml": PAGE, "Book/STRINGS.xml": STRINGS, "Book/Looks.xml": STYLES}
    assert cells(package("Book/Main.xml", "Book/_rels/Main.xml.rels", parts, root="BOOK/main.XML")) == READ


def test_the_strict_form_of_the_format():
    parts = {"xl/sheets/1.dat": PAGE, "xl/strings/all.xml": STRINGS, "other/styles of it.xml": STYLES}
    assert cells(package("xl/workbook.xml", "xl/_rels/workbook.xml.rels", parts, base=STRICT)) == READ


def test_merged_cells_are_seen_wherever_the_sheet_lies():
    page = sheet(
        {1: [cell("A1", "value")], 2: [cell("A2", "x")], 3: [cell("B3", "y")]},
        after='<mergeCells><mergeCell ref="A2:A3"/></mergeCells>',
    )
    parts = {"xl/sheets/1.dat": page, "xl/strings/all.xml": STRINGS, "other/styles of it.xml": STYLES}
    assert cells(package("xl/workbook.xml", "xl/_rels/workbook.xml.rels", parts)) == ["x", "x"]


@pytest.mark.parametrize(
    "change", [lambda name: f"/{name}", lambda name: f"./{name}", lambda name: name.replace("/", "\\")]
)
def test_odd_names_of_entries(change):
    found = entries(workbook(PAGE, parts={"xl/sharedStrings.xml": STRINGS}))
    assert cells(zipped({change(name): text for name, text in found.items()})) == READ


def test_two_entries_of_one_part_are_damage():
    found = entries(workbook(PAGE, parts={"xl/sharedStrings.xml": STRINGS}))
    assert refused(zipped({**found, "XL\\WORKBOOK.XML": found["xl/workbook.xml"]})) == "file_unreadable"


def entries(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_a_document_type_is_refused_in_a_part_of_any_name():
    parts = {
        "xl/sheets/1.dat": '<!DOCTYPE x [<!ENTITY a "b">]>' + PAGE,
        "xl/strings/all.xml": STRINGS,
        "other/styles of it.xml": STYLES,
    }
    assert refused(package("xl/workbook.xml", "xl/_rels/workbook.xml.rels", parts)) == "file_unsafe_xml"


@pytest.mark.parametrize(
    "parts",
    [
        {"[Content_Types].xml": "<Types/>", "_rels/.rels": relations(("officeDocument", "word/document.xml")),
         "word/document.xml": "<document/>"},
        {"[Content_Types].xml": "<Types/>", "_rels/.rels": relations(("officeDocument", "xl/workbook.bin")),
         "xl/workbook.bin": "binary"},
        {"[Content_Types].xml": "<Types/>", "_rels/.rels": relations(("officeDocument", "../../etc/passwd"))},
        {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"},
    ],
)  # fmt: skip
def test_packages_that_are_no_workbook(parts):
    assert refused(zipped(parts)) == "wrong_file_type"


@pytest.mark.parametrize(
    ("written", "shown"),
    [(289.09999999999997, "289.1"), (0.30000000000000004, "0.3"), (45901.99999999999, "45902"), (12, "12")],
)
def test_numbers_as_a_spreadsheet_shows_them(written, shown):
    content = workbook(sheet({1: [cell("A1", "value")], 2: [cell("A2", repr(written), kind="n")]}))
    found, _remarks = values(content, "a.xlsx", KIND)
    assert found["value"] == [shown]


@pytest.mark.parametrize(
    ("serial", "style", "day"),
    [("45901.0000000000001", 1, "2025-09-01"), ("45900.9995", 1, "2025-08-31"), ("45900.99", 1, "2025-08-31")],
)
def test_days_with_a_time(serial, style, day):
    content = workbook(sheet({1: [cell("A1", "value")], 2: [cell("A2", serial, kind="n", style=style)]}))
    (found,) = cells(content)
    assert f"{found:%Y-%m-%d}" == day


def test_days_written_as_iso_text():
    days = [cell("A2", "2025-09-01T00:00:00", kind="d")], [cell("A3", "2025-08-31T23:59:17.000", kind="d")]
    page = sheet({1: [cell("A1", "value")], 2: days[0], 3: days[1]})
    found = cells(workbook(page))
    assert found == [dt.date(2025, 9, 1), dt.datetime.combine(dt.date(2025, 8, 31), dt.time(23, 59, 17))]
