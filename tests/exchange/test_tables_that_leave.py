"""Files that people open in a spreadsheet program: no cell runs, no number is turned into something else."""

import csv
import io

import openpyxl
import pytest

from exchange.sheets import to_csv, to_xlsx

EVIL = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "http://example.org"]
LONG = "430302199001010013"


def test_csv_cells_are_harmless_and_excel_sees_utf8():
    content = to_csv(["名称", "value"], [[text, 7] for text in EVIL])
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[0] == ["名称", "value"]
    assert not [row for row in rows[1:] if row[0].startswith(("=", "+", "-", "@", "\t"))]
    assert {row[1] for row in rows[1:]} == {"7"}


SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
HIDDEN = [
    before + sign + "1+1" for sign in SIGNS
    for before in ("", ";", ";;", "\n", "\r\n", "\t", " ", "\u3000", "\ufeff", '"', "a;", "a; ", "a\n", "a\t", 'a;"', "\na;")
]  # fmt: skip


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_program_takes_any_part_of_a_csv_cell_for_a_formula(separator):
    """Excel takes the separator of its language, and its line breaks where a quotation mark is not where it expects it."""
    content = to_csv(["a", "b"], [[text, text] for text in HIDDEN]).decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(content, newline=""), delimiter=separator) for cell in row]
    assert len(cells) > len(HIDDEN)
    assert [cell for cell in cells if cell.strip("\"' \u3000\ufeff;\t\r\n").startswith(SIGNS) and "'" not in cell] == []


@pytest.mark.parametrize("text", ["\tx", "\rx", "\nx", ";x"])
def test_a_csv_cell_never_begins_with_what_separates_cells(text):
    assert to_csv(["a"], [[text]]).decode("utf-8-sig").count("'" + text) == 1


@pytest.mark.parametrize("text", ["a-b", "湘教〔2026〕1号", "a; b", "two\nlines", "2026-03-01", "x=y", "1;2"])
def test_a_harmless_csv_cell_stays_as_it_is(text):
    content = to_csv(["a"], [[text]]).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(content, newline="")))[1] == [text]


@pytest.mark.parametrize("text", [*EVIL, *HIDDEN[:4], LONG])
def test_xlsx_keeps_text_as_text_and_numbers_as_numbers(text):
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx(["a", "b"], [[text, 7]]))).active
    cell, number = sheet["A2"], sheet["B2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)
    assert (number.value, number.data_type) == (7, "n")
