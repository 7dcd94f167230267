"""Identity documents of every type: which type a number has, and whether it can be one (docs/files.md §§4.3–4.5)."""

import re
from datetime import date

from common.codes.countries import NOT_FOREIGN
from common.identifiers.citizen import CHECKED_TYPES, IdentityNumber, checked_number
from common.identifiers.errors import IdentifierError

_SEPARATORS = str.maketrans("", "", " -")
_EIGHTEEN = re.compile(r"[0-9X]{18}")
_EXPONENT = re.compile(r"[0-9](\.[0-9]+)?E\+[0-9]{2}")
_PASSPORT = re.compile(r"(?=.*[0-9])[0-9A-Z]{6,9}")
_PERMITS = {
    "hm_permit": re.compile(r"[HM][0-9]{8}([0-9]{2})?"),
    "tw_permit": re.compile(r"[0-9]{8}|[0-9]{10}[A-Z]?"),
    "passport": _PASSPORT,
}
_GUESSES = (
    ("resident_id", re.compile(r"[0-9]{15}")),
    ("hmt_residence", re.compile(r"8[123][0-9X]{16}")),
    ("foreign_permanent", re.compile(r"9[0-9X]{17}|[A-Z]{3}[0-9]{12}")),
    ("resident_id", _EIGHTEEN),
    ("hm_permit", _PERMITS["hm_permit"]),
    ("tw_permit", re.compile(r"[0-9]{8}")),
    ("passport", _PASSPORT),
)


OF_FOREIGNERS = frozenset({"passport", "foreign_permanent"})


def nationality_of(document: str) -> str:
    """What a kind of document says of its holder: Chinese, or nothing (a passport may be one of any country)."""
    return "" if document in OF_FOREIGNERS else "CHN"


def is_foreigner(document: str, nationality: str | None) -> bool:
    """Who has a document of foreigners and is not known to be Chinese: they have no ethnicity (民族)."""
    return document in OF_FOREIGNERS and nationality not in NOT_FOREIGN


def compact(text: str) -> str:
    return text.translate(_SEPARATORS).upper()


def lost_digits(number: str) -> bool:
    """Whether a spreadsheet has turned the number into scientific notation (docs/files.md §4.4). Never repaired."""
    return _EXPONENT.fullmatch(number) is not None


def guess_type(number: str) -> str:
    """The type of a compact number when nobody said it (docs/files.md §4.5)."""
    if len(number) == 18 and number[0] not in "89" and _EIGHTEEN.fullmatch(number):
        return "resident_id"
    return next((kind for kind, pattern in _GUESSES if pattern.fullmatch(number)), "resident_id")


def identity_number(text: str, *, today: date, kind: str | None = None) -> IdentityNumber:
    """Judge a document number. Its own form decides where `kind` is None, and where it says resident_id but the
    number belongs to a residence permit or a permanent-residence card: compare the result's `type` to see that."""
    number = compact(text)
    if "*" in number:
        raise IdentifierError("id_masked")
    if lost_digits(number):
        raise IdentifierError("id_precision_lost")
    if kind is None or (kind == "resident_id" and number[:1] in ("8", "9")):
        guessed = guess_type(number)
        if kind is None or (len(number) == 18 and guessed in CHECKED_TYPES):
            kind = guessed
    if kind in CHECKED_TYPES:
        return checked_number(kind, number, today)
    if not _PERMITS[kind].fullmatch(number):
        raise IdentifierError("id_format")
    return IdentityNumber(kind, number)


def passport_number(text: str) -> str:
    number = compact(text)
    if "*" in number:
        raise IdentifierError("id_masked")
    if lost_digits(number):
        raise IdentifierError("id_precision_lost")
    if not _PASSPORT.fullmatch(number):
        raise IdentifierError("id_format")
    return number


def mrz_check_digit(field: str) -> int:
    """ICAO 9303 check digit of one field of the machine-readable zone (weights 7-3-1, `<` counts 0)."""
    total = 0
    for position, character in enumerate(field.upper()):
        value = 0 if character == "<" else int(character, 36) if character.isascii() and character.isalnum() else -1
        if value < 0:
            raise IdentifierError("id_format")
        total += value * (7, 3, 1)[position % 3]
    return total % 10
