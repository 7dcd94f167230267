"""What can be wrong with a file: one remark, its code, and the sentence that people read (docs/files.md §7)."""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ERROR, WARNING = "error", "warning"


class Code(NamedTuple):
    """`level` is file, row, cell, cross-field, cross-row or cross-file; the sentence tells what would be right."""

    level: str
    sentence: Promise
    severity: str = ERROR


class Issue(NamedTuple):
    """One remark. `row` counts as a spreadsheet program shows it and is None for the whole file; `value` is the cell's
    text as it was sent, without invisible characters: personal data in a personal column. `of_required`: said of a column
    that the kind cannot do without, and thus an error whatever the code."""

    row: int | None
    column: str | None
    code: str
    value: str | None = None
    of_required: bool = False

    @property
    def severity(self) -> str:
        return ERROR if self.of_required else CODES[self.code].severity

    @property
    def is_error(self) -> bool:
        return self.severity == ERROR

    def as_dict(self) -> dict[str, object]:
        return {
            "row": self.row, "column": self.column, "code": self.code, "value": self.value, "severity": self.severity,
        }  # fmt: skip


class FileRefused(Exception):
    """The file as a whole cannot be imported; nothing of it is stored."""

    def __init__(self, code: str | None = None, issues: Iterable[Issue] = ()) -> None:
        self.issues = [*issues] or [Issue(None, None, code or "file_unreadable")]
        super().__init__(self.issues[0].code)

    @property
    def code(self) -> str:
        return self.issues[0].code


def sorted_issues(issues: Iterable[Issue]) -> list[Issue]:
    return sorted(issues, key=lambda issue: (issue.row or 0, issue.column or "", issue.code, issue.value or ""))


def register_codes(codes: dict[str, Code]) -> None:
    """Add the codes of an app's own rules; a code means one thing everywhere."""
    for name, code in codes.items():
        if CODES.setdefault(name, code) != code:
            raise ValueError(f"issue code {name} is defined twice")


LAWS: dict[str, str] = {}
"""What the database says of a whole import, by the name of its constraint: the code that puts it in words."""


def register_laws(laws: dict[str, str]) -> None:
    LAWS.update(laws)


CODES: dict[str, Code] = {
    "file_empty": Code("file", _("The file is empty.")),
    "file_too_large": Code(
        "file", _("The file is too large: at most 20 MiB and 100,000 rows can be imported at once.")
    ),
    "wrong_file_type": Code(
        "file", _("This is no xlsx, xls, ods, csv, txt, tsv or dbf file, or its content is something else.")
    ),
    "file_unreadable": Code("file", _("The file is damaged or cut off. Save it anew and send it again.")),
    "file_encrypted": Code("file", _("The file is protected by a password. Save it without one.")),
    "file_has_macros": Code("file", _("The workbook holds macros. Save it as .xlsx without macros.")),
    "zip_bomb": Code("file", _("The workbook unpacks to more than 100 MiB and is refused.")),
    "file_unsafe_xml": Code("file", _("The workbook declares a document type or entities and is refused.")),
    "binary_content": Code("file", _("The text file holds binary content.")),
    "encoding_not_supported": Code("file", _("The text is neither UTF-8 nor GB18030. Save it as CSV in UTF-8.")),
    "csv_malformed": Code("file", _("A quotation mark is not closed, or text follows a closing quotation mark.")),
    "too_many_columns": Code("file", _("The header row has more than 200 columns.")),
    "header_not_found": Code("file", _("No header row of this kind of file was found in the first 20 rows.")),
    "missing_column": Code("file", _("A required column is absent.")),
    "duplicate_column": Code("file", _("Two headers mean the same column.")),
    "kind_not_recognised": Code(
        "file", _("The header does not tell what kind of file this is: upload it again and name the kind.")
    ),
    "key_ambiguous": Code(
        "file", _("Keys of the file belong to records of several institutions. Name the institution.")
    ),
    "institution_required": Code("file", _("Say for which institution this file is, and send it again.")),
    "institution_needed": Code(
        "file", _("The rows are of several institutions. Name one, and send one file for each.")
    ),
    "no_data_rows": Code("file", _("There is no row below the header.")),
    "field_type_unread": Code(
        "file", _("This field of the dbf file has a type that cannot be read. Save it as text or as a number.")
    ),
    "columns_unread": Code(
        "file",
        _("The texts of this memo field lie in a file of their own and were not read: save it as text."),
        WARNING,
    ),
    "record_count_differs": Code(
        "file",
        _("The header of the dbf file counts other records than it holds; all that it holds were read."),
        WARNING,
    ),
    "unknown_column": Code("file", _("The column is not known and was ignored."), WARNING),
    "extra_sheet_ignored": Code("file", _("A further sheet has such a header and was ignored."), WARNING),
    "repeated_header_row": Code("row", _("The header stands here again; the row was skipped."), WARNING),
    "footer_row_skipped": Code("row", _("A row of totals or signatures was skipped."), WARNING),
    "extra_cells": Code("row", _("The row has more cells than the header: a separator inside a text needs quotes.")),
    "required": Code("cell", _("A value is required here.")),
    "cell_error": Code("cell", _("The cell holds an error of the spreadsheet program.")),
    "formula_no_value": Code(
        "cell", _("The formula has no stored result. Open the file, let it calculate and save it.")
    ),
    "converted_to_date": Code("cell", _("The spreadsheet program turned this into a date. Enter it as text.")),
    "too_long": Code("cell", _("The text is too long.")),
    "invalid_characters": Code(
        "cell", _("A name holds letters; besides them only blanks and · - ' ’ . , may stand in it.")
    ),
    "character_lost": Code("cell", _("A rare character of the name was lost on the way. Enter the name anew.")),
    "formula_like_text": Code("cell", _("The text begins like a formula; it was taken as text."), WARNING),
    "hidden_characters_removed": Code("cell", _("Invisible characters were removed."), WARNING),
    "value_not_allowed": Code("cell", _("This value is not in the list of possible values.")),
    "format_invalid": Code("cell", _("The code, number or address has the wrong form.")),
    "number_invalid": Code("cell", _("This is no number, or it has too many decimals.")),
    "number_out_of_range": Code("cell", _("The number is too small or too large.")),
    "length_not_allowed": Code(
        "cell", _("The length must be one of 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 7, 8 years.")
    ),
    "date_invalid": Code("cell", _("This is no date, or there is no such day.")),
    "date_ambiguous": Code("cell", _("Write the date with a four-digit year first, such as 2025-09-01.")),
    "date_near_midnight": Code(
        "cell",
        _("The time is just before midnight: the next day may be meant. The day of the cell was taken."),
        WARNING,
    ),
    "date_out_of_range": Code("cell", _("The date lies outside the possible range.")),
    "batch_invalid": Code("cell", _("This is no entry batch. Write 2025-autumn or 2025-spring.")),
    "id_precision_lost": Code("cell", _("The spreadsheet program has lost digits of the number. Enter it as text.")),
    "id_masked": Code("cell", _("The number is masked with asterisks.")),
    "id_format": Code("cell", _("The number has the wrong length or characters for its type.")),
    "id_region_unknown": Code("cell", _("The first two digits of the number are no province.")),
    "id_birth_invalid": Code("cell", _("The birth date inside the number is no real date.")),
    "id_check_digit": Code("cell", _("The check character of the number is wrong: a digit was mistyped.")),
    "id_15_digits": Code("cell", _("An old number of 15 digits was stored with 18."), WARNING),
    "id_type_corrected": Code("cell", _("The number is not one of an identity card; its own type was taken."), WARNING),
    "uscc_invalid": Code("cell", _("The unified social credit code is wrong.")),
    "phone_invalid": Code("cell", _("This is no telephone number.")),
    "region_unknown": Code("cell", _("There is no such province or region code.")),
    "nationality_unknown": Code("cell", _("There is no such country; write its name in Chinese or English.")),
    "nationality_ambiguous": Code("cell", _("Several countries are called so: write the full name of the one meant.")),
    "birth_date_mismatch": Code("cross-field", _("The birth date contradicts the identity number.")),
    "sex_mismatch": Code("cross-field", _("The sex contradicts the identity number.")),
    "date_order": Code("cross-field", _("The end lies before the start.")),
    "region_mismatch": Code("cross-field", _("The region codes contradict each other.")),
    "changed_since_seen": Code(
        "cross-file", _("This is no longer what was seen before it was to be stored. Upload the row again.")
    ),
    "duplicate_in_file": Code("cross-row", _("An earlier row of the file has the same key or person.")),
}
