"""Columns with the identity document of a person: type and number are judged together (docs/files.md §§4.3–4.5)."""

from collections.abc import Callable
from datetime import date

from common.identifiers import IdentifierError, IdentityNumber, guess_type, identity_number
from exchange.cells import WRONG
from exchange.chunks import Chunk
from exchange.kinds import RowRule
from exchange.types import Context

_CORRECTED = frozenset({"hmt_residence", "foreign_permanent"})


def identity_columns(type_column: str, number_column: str) -> Callable[[Chunk, Context], None]:
    """A refinement: the number's values become `IdentityNumber`s, an empty or corrected type that of the number."""

    def judge(chunk: Chunk, context: Context) -> None:
        types, numbers = chunk.values[type_column], chunk.values[number_column]
        for index, number in enumerate(numbers):
            if number is None or number is WRONG:
                continue
            given = None if types[index] is WRONG else types[index]
            if given == "resident_id" and number[0] in "89" and len(number) == 18 and guess_type(number) in _CORRECTED:
                chunk.say(index, type_column, "id_type_corrected")
            try:
                judged = numbers[index] = identity_number(number, kind=given, today=context.today)
            except IdentifierError as error:
                chunk.refuse_cell(index, number_column, error.code)
                continue
            if types[index] is not WRONG:
                types[index] = judged.type
            if len(number) == 15 and judged.type == "resident_id":
                chunk.say(index, number_column, "id_15_digits")

    return judge


def _other_birth(birth: date, number: IdentityNumber) -> bool:
    return number.birth is not None and number.birth != birth


def _other_sex(sex: str, number: IdentityNumber) -> bool:
    return number.sex is not None and number.sex != sex


def number_agrees(number_column: str) -> tuple[RowRule, ...]:
    return (
        RowRule("birth_date_mismatch", "birth_date", ("birth_date", number_column), _other_birth),
        RowRule("sex_mismatch", "sex", ("sex", number_column), _other_sex),
    )
