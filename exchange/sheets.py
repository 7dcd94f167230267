"""Tables that leave as files: CSV that Excel opens in UTF-8, and xlsx. No cell can become a formula (dependencies.md C4)."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter

SIGNS = "=+\\-@＝＋－＠"
"""What begins a formula, also as Chinese and Japanese spreadsheet programs take it."""
PARTS = ";\\t\\v\\f\\r\\n\x85\u2028\u2029"
"""What some program begins a new cell with: Excel splits at the separator of its language, whoever wrote commas."""
MIGHT_RUN = re.compile(rf"^(?=[{PARTS}])|(?:^|(?<=[{PARTS}]))(?=[\s\"'\ufeff\u200b]*[{SIGNS}])")
BOM = "\ufeff"
LONGEST_FOOTER = 200
"""Excel allows 255 characters with all codes."""


def harmless(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it, wherever one may take it for the beginning of a
    cell; numbers stay numbers."""
    return MIGHT_RUN.sub("'", value) if isinstance(value, str) else value


def to_csv(head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> bytes:
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    for row in (head, *rows):
        writer.writerow([harmless(one if isinstance(one, (int, float)) else str(one)) for one in row])
    return (BOM + target.getvalue()).encode()


def footer_of(mark: str) -> str:
    """The foot of each printed page in Excel's own signs: the mark, and which page of how many."""
    return f"&L{mark[:LONGEST_FOOTER].replace('&', '&&')}&R&P / &N"


def to_xlsx(head: Sequence[Any], rows: Iterable[Sequence[Any]], *, title: str = "", mark: str = "") -> bytes:
    """A workbook with one sheet; text is written as text, so that nothing is turned into a number, date, link or formula.

    `mark` says above the table, and at the foot of each printed page, where the sheet comes from.
    """
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    top = 1 if mark else 0
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet(title[:31] or None)
        bold = book.add_format({"bold": True, "num_format": "@"})
        text = book.add_format({"num_format": "@"})
        if mark:
            sheet.write_string(0, 0, mark, book.add_format({"italic": True, "num_format": "@"}))
            sheet.set_footer(footer_of(mark))
        for column, value in enumerate(head):
            sheet.write_string(top, column, str(value), bold)
        for place, row in enumerate(rows, start=top + 1):
            for column, value in enumerate(row):
                if isinstance(value, (int, float)):
                    sheet.write_number(place, column, value)
                else:
                    sheet.write_string(place, column, str(value), text)
        sheet.freeze_panes(top + 1, 0)
        sheet.repeat_rows(top)
        sheet.set_column(0, max(len(head) - 1, 0), 16)
    return target.getvalue()
