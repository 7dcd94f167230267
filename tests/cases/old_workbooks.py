"""Workbooks of Excel 97 and of OpenDocument, written by other libraries."""

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import Style, TableProperties
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P

Rows = Sequence[Sequence[Any]]


class Error(str):
    """An error value of a spreadsheet program."""


DAY = xlwt.easyxf(num_format_str="yyyy-mm-dd")
CODES = {"#REF!": 0x17, "#N/A": 0x2A, "#DIV/0!": 0x07}


def xls(
    *sheets: Rows,
    hidden: Sequence[int] = (),
    merged: Sequence[tuple[int, int, int]] = (),
    date1904: bool = False,
) -> bytes:
    """`merged` are (column, first row, last row) of the first sheet, from 0."""
    book = xlwt.Workbook()
    book.dates_1904 = date1904
    for number, rows in enumerate(sheets):
        page = book.add_sheet(f"S{number + 1}", cell_overwrite_ok=True)
        page.visibility = int(number in hidden)
        for row, cells in enumerate(rows):
            for column, value in enumerate(cells):
                _write(page, row, column, value)
        for column, first, last in merged if number == 0 else ():
            page.merge(first, last, column, column)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write(page: Any, row: int, column: int, value: Any) -> None:
    if isinstance(value, Error):
        page.row(row).set_cell_error(column, CODES[value])
    elif isinstance(value, (dt.date, dt.datetime)):
        page.write(row, column, value, DAY)
    elif value is not None:
        page.write(row, column, value)


def ods(*sheets: Rows, hidden: Sequence[int] = (), empty_rows: int = 0) -> bytes:
    document = OpenDocumentSpreadsheet()
    style = Style(name="hidden", family="table")
    style.addElement(TableProperties(display="false"))
    document.automaticstyles.addElement(style)
    for number, rows in enumerate(sheets):
        table = Table(name=f"S{number + 1}", **({"stylename": style} if number in hidden else {}))
        for cells in rows:
            line = TableRow()
            for value in cells:
                line.addElement(_cell(value))
            table.addElement(line)
        if empty_rows:
            line = TableRow(numberrowsrepeated=empty_rows)
            line.addElement(TableCell(numbercolumnsrepeated=1024))
            table.addElement(line)
        document.spreadsheet.addElement(table)
    out = io.BytesIO()
    document.write(out)
    return out.getvalue()


def _cell(value: Any) -> Any:
    if value is None:
        return CoveredTableCell()
    if isinstance(value, bool):
        return _shown(TableCell(valuetype="boolean", booleanvalue=str(value).lower()), value)
    if isinstance(value, (int, float)):
        return _shown(TableCell(valuetype="float", value=repr(value)), value)
    if isinstance(value, (dt.date, dt.datetime)):
        return _shown(TableCell(valuetype="date", datevalue=value.isoformat()), value)
    return _shown(TableCell(valuetype="string"), value)


def _shown(cell: Any, value: Any) -> Any:
    cell.addElement(P(text=str(value)))
    return cell
