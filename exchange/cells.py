"""From raw cells to judged values (docs/files.md §§3, 4), one memo per column: most cells of a file repeat."""

import re
from datetime import date, datetime, time
from typing import Any, Final, NamedTuple

from exchange.kinds import Column
from exchange.raw import EMPTY_MARKERS, EXACT_BELOW, NO_RESULT, RawCell, normalize, number_text
from exchange.types import CellType, Context, Refusal

MEMO_SIZE = 20_000
_WRAPPED = re.compile(r'="(.*)"')


class Wrong:
    """Stands in a column where the cell is in error; rules that read it are not asked."""

    def __repr__(self) -> str:
        return "WRONG"


WRONG: Final = Wrong()


class Flawed(NamedTuple):
    """A cell with remarks: its value (`WRONG` where a remark is an error) and the codes."""

    value: Any
    codes: tuple[str, ...]


class ColumnCells(dict[RawCell, Any]):
    """Raw cell → value, or `Flawed`. Remembers up to `MEMO_SIZE` cells, then computes."""

    def __init__(self, column: Column, context: Context) -> None:
        super().__init__()
        self.type = column.type
        self.required = column.required and not column.may_be_empty
        self.context = context

    def __missing__(self, raw: RawCell) -> Any:
        result = judge(raw, self.type, self.context)
        if result is None and self.required:
            result = Flawed(WRONG, ("required",))
        elif self.required and isinstance(result, Flawed) and result.value is None:
            result = Flawed(WRONG, ("required", *result.codes))
        if len(self) < MEMO_SIZE:
            self[raw] = result
        return result


def judge(raw: RawCell, cell_type: CellType, context: Context) -> Any:
    """The value of one cell, None where it is empty, `Flawed` where there is something to say."""
    if raw is None:
        return None
    if isinstance(raw, str):
        return _judge_text(raw, cell_type, context)
    try:
        if isinstance(raw, float):
            if cell_type.needs_digits and abs(raw) >= EXACT_BELOW:
                raise Refusal("id_precision_lost")
            return _with_remark(cell_type.parse(number_text(raw), context), cell_type.warning(raw))
        if isinstance(raw, date):
            day = raw.date() if isinstance(raw, datetime) else raw
            return _with_remark(cell_type.parse_date(day, context), cell_type.warning(raw))
        if isinstance(raw, time):
            raise Refusal("converted_to_date")
        raise Refusal("formula_no_value" if raw is NO_RESULT else "cell_error")
    except Refusal as refusal:
        return Flawed(WRONG, (refusal.code,))


def _with_remark(value: Any, remark: str | None) -> Any:
    return Flawed(value, (remark,)) if remark else value


def _judge_text(raw: str, cell_type: CellType, context: Context) -> Any:
    text, hidden = normalize(raw)
    codes = ("hidden_characters_removed",) if hidden else ()
    if cell_type.unwraps and text:
        text = unwrapped(text)
    if text in EMPTY_MARKERS:
        return Flawed(None, codes) if codes else None
    try:
        value = cell_type.parse(text, context)
    except Refusal as refusal:
        return Flawed(WRONG, (refusal.code, *codes))
    if remark := cell_type.warning(text):
        codes = (remark, *codes)
    return Flawed(value, codes) if codes else value


def unwrapped(text: str) -> str:
    """Without the marks that make a spreadsheet program take digits as text: `'`, a backtick, `="…"`."""
    if text[0] in "'`":
        text = text[1:].lstrip()
    if text.startswith("=") and (match := _WRAPPED.fullmatch(text)):
        text = match[1].strip()
    return text
