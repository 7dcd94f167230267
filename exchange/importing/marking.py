"""The file given back: every row at its number, wrong cells marked, the remarks of a row beside it."""

from collections import defaultdict
from collections.abc import Iterable
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _

from exchange.importing.services import file_of
from exchange.issues import CODES, ERROR, FileRefused
from exchange.kinds import FileKind, kind_named
from exchange.models import ImportBatch, ImportIssue
from exchange.raw import cell_text
from exchange.reading import ReadSheet, read_file

SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "constant_memory": True}
WRONG, REMARKABLE = "#F8C9C4", "#FBE7B2"
WIDTH_OF_REMARKS = 60


def marked_workbook(batch: ImportBatch, out: IO[bytes], *, only_remarked: bool = False) -> None:
    """Write the file as a workbook with its remarks; cells are text, so no number loses digits and no formula runs.

    With `only_remarked`, rows without a remark are left out; those that are written keep their number. Raises DomainError
    `file_not_kept` after the file has expired, and FileRefused where it could not be read at all.
    """
    if not batch.kind:
        raise FileRefused("kind_not_recognised")
    kind = kind_named(batch.kind)
    sheet = read_file(file_of(batch), batch.name, kind)
    remarks: dict[int, list[ImportIssue]] = defaultdict(list)
    for issue in batch.issues.exclude(row=None).iterator():
        remarks[issue.row or 0].append(issue)
    with xlsxwriter.Workbook(out, SAFE) as workbook:
        _write(workbook, sheet, kind, remarks, only_remarked=only_remarked)


def _write(
    workbook: Any, sheet: ReadSheet, kind: FileKind, remarks: dict[int, list[ImportIssue]], *, only_remarked: bool
) -> None:
    text = workbook.add_format({"num_format": "@"})
    marks = {
        severity: workbook.add_format({"num_format": "@", "bg_color": color})
        for severity, color in ((ERROR, WRONG), ("warning", REMARKABLE))
    }
    page = workbook.add_worksheet()
    beside = len(sheet.header)
    page.set_column(0, beside, 16)
    page.set_column(beside, beside, WIDTH_OF_REMARKS)
    page.freeze_panes(sheet.header_row, 0)
    for number, cells in sheet.sheet.rows():
        found = remarks.get(number, ())
        if only_remarked and not found and number > sheet.header_row:
            continue
        marked = _marked_cells(sheet, found)
        for position, cell in enumerate(cells[:beside]):
            mark = marks.get(marked.get(position, ""), text)
            shown = cell_text(cell)
            if shown is not None or position in marked:
                page.write_string(number - 1, position, shown or "", mark)
        told = [_("Remarks")] if number == sheet.header_row else []
        told += _sentences(found, kind)
        if told:
            page.write_string(number - 1, beside, "\n".join(told), text)


def _marked_cells(sheet: ReadSheet, issues: Iterable[ImportIssue]) -> dict[int, str]:
    """Position → severity; an error outweighs a warning."""
    marked: dict[int, str] = {}
    for issue in issues:
        position = sheet.positions.get(issue.column)
        if position is not None and marked.get(position) != ERROR:
            marked[position] = issue.severity
    return marked


def _sentences(issues: Iterable[ImportIssue], kind: FileKind) -> list[str]:
    return [f"{_label(issue, kind)}{CODES[issue.code].sentence}" for issue in issues]


def _label(issue: ImportIssue, kind: FileKind) -> str:
    column = kind.by_name.get(issue.column)
    named = column.label if column else issue.value if issue.code == "unknown_column" else ""
    return f"{named}: " if named else ""
