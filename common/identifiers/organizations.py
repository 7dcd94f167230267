"""Codes of organisations, schools and approved joint programmes (docs/rules.md §3)."""

import re
from operator import mul

from common.codes.regions import PROVINCE_PREFIXES
from common.identifiers.errors import IdentifierError

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_WEIGHTS = tuple(3**i % 31 for i in range(17))
_CREDIT_CODE = re.compile(f"[{_ALPHABET}]{{18}}")
_INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_INNER = re.compile(r"[0-9A-Z]{8}[0-9X]")
_JOINT_PROGRAMME = re.compile(r"(MOE|PDE)[0-9]{2}[A-Z]{2}[0-9][A-Z][0-9]{4}[0-9]{4}[A-Z]")
SCHOOL_SECTORS = frozenset({"41", "42", "91", "92"})


def unified_social_credit_code(text: str) -> str:
    """GB 32100. Letter prefixes such as `N2` are legal, and the inner organisation code is not judged."""
    code = text.replace(" ", "").upper()
    if not _CREDIT_CODE.fullmatch(code):
        raise IdentifierError("uscc_invalid")
    total = sum(map(mul, _WEIGHTS, map(_VALUES.__getitem__, code[:17])))
    if _VALUES[code[17]] != -total % 31:
        raise IdentifierError("uscc_invalid")
    return code


def organization_code(text: str) -> str:
    """The inner code of a social credit code (characters 9–17, GB 11714), with its own check character.

    Takes the nine characters or the whole eighteen. Real registers hold codes whose inner check fails, so a failure
    is a hint for staff, never a reason to refuse the organisation.
    """
    code = text.replace(" ", "").replace("-", "").upper()
    code = code[8:17] if len(code) == 18 else code
    if not _INNER.fullmatch(code):
        raise IdentifierError("uscc_invalid")
    remainder = (
        11 - sum(weight * int(character, 36) for weight, character in zip(_INNER_WEIGHTS, code, strict=False)) % 11
    )
    if code[8] != {10: "X", 11: "0"}.get(remainder, str(remainder)):
        raise IdentifierError("uscc_invalid")
    return code


def school_code(text: str) -> str:
    """The five-digit national code; leading zeros that a spreadsheet dropped are put back."""
    code = text.replace(" ", "")
    if not (code.isascii() and code.isdigit() and len(code) <= 5):
        raise IdentifierError("format_invalid")
    return code.zfill(5)


def school_identifier(text: str, *, school: str | None = None) -> str:
    """Ten digits: sector 2, province 2, `0`, school code 5. With `school`, the last five must be that code."""
    identifier = text.replace(" ", "")
    if not re.fullmatch(r"[0-9]{10}", identifier):
        raise IdentifierError("format_invalid")
    well_formed = identifier[:2] in SCHOOL_SECTORS and identifier[2:4] in PROVINCE_PREFIXES and identifier[4] == "0"
    if not well_formed or (school is not None and identifier[5:] != school):
        raise IdentifierError("school_identifier_mismatch")
    return identifier


def joint_programme_number(text: str) -> str:
    """Number of the approval of a Chinese-foreign joint programme."""
    number = text.replace(" ", "").upper()
    if not _JOINT_PROGRAMME.fullmatch(number) or number[3:5] not in PROVINCE_PREFIXES:
        raise IdentifierError("format_invalid")
    return number
