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


@pytest.mark.parametrize("text", [*EVIL, LONG])
def test_xlsx_keeps_text_as_text_and_numbers_as_numbers(text):
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx(["a", "b"], [[text, 7]]))).active
    cell, number = sheet["A2"], sheet["B2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)
    assert (number.value, number.data_type) == (7, "n")
