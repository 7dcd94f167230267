"""The file given back: every row at its number, wrong cells marked, the remarks of a row beside it."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _

from common.masking import SHOWN_BESIDE_BIRTH_DATE, mask, mask_in
from exchange.importing.services import file_of
from exchange.issues import CODES, ERROR, FileRefused
from exchange.kinds import FileKind, kind_named
from exchange.models import ImportBatch, ImportIssue
from exchange.raw import cell_text
from exchange.reading import ReadSheet, read_file
from exchange.sheets import footer_of
from exchange.types import Name

SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "constant_memory": True}
WRONG, REMARKABLE = "#F8C9C4", "#FBE7B2"
WIDTH_OF_REMARKS = 60
Mask = Callable[[str], str]


def marked_workbook(
    batch: ImportBatch, out: IO[bytes], *, only_remarked: bool = False, whole: bool = False, mark: str = ""
) -> None:
    """Write the file as a workbook with its remarks; cells are text, so no number loses digits and no formula runs.

    Numbers of persons are masked: rows are found by their number and name, and corrected in the file that was sent. `whole` is
    for what `people.services.exporting` lets through, with its `mark` on a sheet and at the foot of each printed page. With
    `only_remarked`, rows without a remark are left out; those that are written keep their number. Raises DomainError
    `file_not_kept` after the file has expired, and FileRefused where it could not be read at all.
    """
    if not batch.kind:
        raise FileRefused("kind_not_recognised")
    kind = kind_named(batch.kind)
    sheet = read_file(file_of(batch), batch.name, kind)
    remarks: dict[int, list[ImportIssue]] = defaultdict(list)
    for issue in batch.issues.exclude(row=None).iterator():
        remarks[issue.row or 0].append(issue)
    shown = {} if whole else _masks(sheet, kind)
    with xlsxwriter.Workbook(out, SAFE) as workbook:
        _write(workbook, sheet, kind, remarks, shown, only_remarked=only_remarked, mark=mark)
        if mark:
            workbook.add_worksheet().write_string(0, 0, mark)


def _masks(sheet: ReadSheet, kind: FileKind) -> dict[int | None, Mask]:
    """By position what is shown of a cell; None: of all other cells, also of a name."""
    numbers = [one.name for one in kind.columns if one.personal and not isinstance(one.type, Name)]
    return {None: mask_in, **{sheet.positions[name]: _mask for name in numbers if name in sheet.positions}}


def _mask(text: str) -> str:
    """The birth date may stand in another cell."""
    return mask(text, SHOWN_BESIDE_BIRTH_DATE)


def _write(
    workbook: Any,
    sheet: ReadSheet,
    kind: FileKind,
    remarks: dict[int, list[ImportIssue]],
    masks: dict[int | None, Mask],
    *,
    only_remarked: bool,
    mark: str,
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
    page.set_footer(footer_of(mark))
    in_text = masks.get(None, str)
    for number, cells in sheet.sheet.rows():
        found = remarks.get(number, ())
        if only_remarked and not found and number > sheet.header_row:
            continue
        marked = _marked_cells(sheet, found)
        hidden = masks if number > sheet.header_row else {}
        for position, cell in enumerate(cells[:beside]):
            style = marks.get(marked.get(position, ""), text)
            shown = cell_text(cell)
            if shown is not None or position in marked:
                page.write_string(number - 1, position, hidden.get(position, in_text)(shown or ""), style)
        told = [_("Remarks")] if number == sheet.header_row else []
        told += _sentences(found, kind, in_text)
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


def _sentences(issues: Iterable[ImportIssue], kind: FileKind, shown: Mask) -> list[str]:
    return [f"{shown(_label(issue, kind))}{CODES[issue.code].sentence}" for issue in issues]


def _label(issue: ImportIssue, kind: FileKind) -> str:
    column = kind.by_name.get(issue.column)
    named = column.label if column else issue.value if issue.code == "unknown_column" else ""
    return f"{named}: " if named else ""
