import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from common.codes.spellings import SPELLINGS
from common.identifiers import (
    IdentifierError,
    IdentityNumber,
    email_address,
    phone_number,
    unified_social_credit_code,
)
from common.identifiers.documents import compact, lost_digits
from common.texts import normalize
from exchange.types.base import CellType, Context, Refusal

TEXT_LIMIT = 200
NAME_LIMIT = 100
FORMULA_SIGNS = "=+-@"

_HAN_LETTERS = "\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LATIN_LETTERS = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
_HAN = re.compile(f"[{_HAN_LETTERS}]")
_COMMON_NAME = re.compile("[\u4e00-\u9fff](?:·?[\u4e00-\u9fff]){0,49}")
_DOTS = str.maketrans("•‧∙⋅・●", "······")
_DOT_OF_HAN = re.compile(f"(?<=[{_HAN_LETTERS}])(?: \u0307| ?[.⸱ꞏᐧ]) ?(?=[{_HAN_LETTERS}])")
"""Normalisation has made a full stop of ． and ﹒, and a blank with a mark above of ˙ and ´."""
_APOSTROPHE_OF_LATIN = re.compile(f"(?<=[{_LATIN_LETTERS}\u0300-\u036f])(?: \u0301|’)(?=[{_LATIN_LETTERS}])")
_APOSTROPHES = str.maketrans("´`’‘", "''''")
_NAME_SIGNS = frozenset(" ·-'’.,")
_LOST = frozenset("?\ufffd〓□")


class Text(CellType):
    unwraps = False

    def __init__(self, limit: int = TEXT_LIMIT) -> None:
        self.limit = limit

    def parse(self, text: str, context: Context) -> str:
        if len(text) > self.limit:
            raise Refusal("too_long")
        return text

    def warning(self, cell: str | float | date) -> str | None:
        return "formula_like_text" if isinstance(cell, str) and cell[0] in FORMULA_SIGNS else None


class Name(CellType):
    """A person's name. Blanks between Chinese characters go, dots between them are one dot; rare characters stay."""

    unwraps = False

    def parse(self, text: str, context: Context) -> str:
        if _COMMON_NAME.fullmatch(text):
            return text
        name = _APOSTROPHE_OF_LATIN.sub("'", _DOT_OF_HAN.sub("·", text.translate(_DOTS)))
        accent_alone = _has_mark_without_letter(name)
        if _HAN.search(name):
            name = name.replace(" ", "")
        if any(character in _LOST or unicodedata.category(character) == "Co" for character in name):
            raise Refusal("character_lost")
        if accent_alone or not _is_made_of_letters(name):
            raise Refusal("invalid_characters")
        if len(name) > NAME_LIMIT:
            raise Refusal("too_long")
        return name


def name_sought(text: str) -> str:
    """A name, or a part of one, as somebody types it to search, in the form in which names are stored."""
    plain = normalize(text.translate(_APOSTROPHES))[0]
    try:
        return Name().parse(plain, Context(date.max))
    except Refusal:
        return plain


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] == "L" or _HAN.match(character) is not None


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M"


def _is_made_of_letters(name: str) -> bool:
    """At least one letter, and besides letters only their marks and the signs of names."""
    others = [character for character in name if not _is_letter(character)]
    return len(others) < len(name) and all(one in _NAME_SIGNS or _is_mark(one) for one in others)


def _has_mark_without_letter(name: str) -> bool:
    return any(_is_mark(mark) and before in _NAME_SIGNS for before, mark in pairwise(f" {name}"))


class Code(CellType):
    """A code that matches `pattern`; leading zeros that a spreadsheet dropped are put back up to `pad`."""

    needs_digits = True

    def __init__(self, pattern: str, *, pad: int = 0) -> None:
        self.pattern = re.compile(pattern, re.ASCII)
        self.pad = pad

    def parse(self, text: str, context: Context) -> str:
        if len(text) >= self.pad and self.pattern.fullmatch(text):
            return text
        code = text.replace(" ", "").upper()
        if lost_digits(code):
            raise Refusal("id_precision_lost")
        return self.one(code)

    def one(self, code: str) -> str:
        if len(code) < self.pad and code.isascii() and code.isdigit():
            code = code.zfill(self.pad)
        if not self.pattern.fullmatch(code):
            raise Refusal("format_invalid")
        return code


class CodeList(CellType):
    """Codes separated by 、 , ; / or blanks; the order in the file is kept, doubles are not."""

    needs_digits = True

    def __init__(self, pattern: str, *, pad: int = 0) -> None:
        self.code = Code(pattern, pad=pad)

    def parse(self, text: str, context: Context) -> tuple[str, ...] | None:
        codes = [part.upper() for part in re.split("[、,;/ ]+", text) if part]
        if any(map(lost_digits, codes)):
            raise Refusal("id_precision_lost")
        return tuple(dict.fromkeys(map(self.code.one, codes))) or None

    def load(self, value: list[str]) -> tuple[str, ...]:
        return tuple(value)


class Enumerated(CellType):
    """One of a value list, by its canonical value or any of its spellings."""

    def __init__(self, name: str, spellings: Mapping[str, Sequence[str]] | None = None) -> None:
        self.name = name
        self.values = {
            _enum_key(text): value
            for value, texts in (spellings or SPELLINGS[name]).items()
            for text in (value, *texts)
        }

    def parse(self, text: str, context: Context) -> str:
        try:
            return self.values[_enum_key(text)]
        except KeyError:
            raise Refusal("value_not_allowed") from None


def _enum_key(text: str) -> str:
    return text.replace(" ", "").casefold()


class Phone(CellType):
    def parse(self, text: str, context: Context) -> str:
        try:
            return phone_number(text)
        except IdentifierError as error:
            raise Refusal(error.code) from None


class Email(CellType):
    def parse(self, text: str, context: Context) -> str:
        try:
            return email_address(text)
        except IdentifierError as error:
            raise Refusal(error.code) from None


class CreditCode(CellType):
    def parse(self, text: str, context: Context) -> str:
        try:
            return unified_social_credit_code(text)
        except IdentifierError as error:
            raise Refusal(error.code) from None


class IdentityText(CellType):
    """The number of an identity document without blanks. Whether it is right depends on the type beside it."""

    needs_digits = True

    def parse(self, text: str, context: Context) -> str | None:
        return compact(text) or None

    def load(self, value: list[Any]) -> IdentityNumber:
        kind, number, birth, sex = value
        return IdentityNumber(kind, number, birth and date.fromisoformat(birth), sex)
