"""Numbers of certificates, majors, candidates and students (docs/rules.md §§2.3, 2.6, 3).

Certificate numbers have no check digit: structure, cross-fields and uniqueness are all there is.
"""

import re
from typing import NamedTuple

from common.identifiers.errors import IdentifierError

DIPLOMA_FORM = r"\d{5}[1567]\d{4}(01|02|04|05|06)\d{5,6}"
_DIPLOMA = re.compile(DIPLOMA_FORM, re.ASCII)
_DEGREE = re.compile(r"(C?)([0-9]{5})([234])([0-9]{4})([0-9SE][0-9]{5})")
_MAJOR = re.compile(r"[0-9]{6}(T|K|TK)?")
_CANDIDATE = re.compile(r"[0-9]{14}")
_STUDENT = re.compile(r"[A-Z0-9]{6,15}")
DIPLOMA_CATEGORIES = {"1": "regular", "5": "adult", "6": "self_study", "7": "online"}
DIPLOMA_LEVELS = {
    "01": "doctor",
    "02": "master",
    "04": "second_bachelor",
    "05": "undergraduate",
    "06": "junior_college",
}
DEGREE_LEVELS = {"2": "doctor", "3": "master", "4": "bachelor"}


class DiplomaNumber(NamedTuple):
    number: str
    school_code: str
    category: str
    year: int
    level: str
    serial: str


class DegreeNumber(NamedTuple):
    number: str
    adult: bool
    school_code: str
    level: str
    year: int
    serial: str


def _compact(text: str) -> str:
    return text.replace(" ", "").upper()


def diploma_number(text: str) -> DiplomaNumber:
    """Registration number of a diploma or completion certificate, 18 digits (17 in the years around 2002)."""
    number = _compact(text)
    if not _DIPLOMA.fullmatch(number):
        raise IdentifierError("format_invalid")
    category, level = DIPLOMA_CATEGORIES[number[5]], DIPLOMA_LEVELS[number[10:12]]
    return DiplomaNumber(number, number[:5], category, int(number[6:10]), level, number[12:])


def degree_number(text: str) -> DegreeNumber:
    """Number of a degree certificate: 16 characters, or 17 with the `C` of adult bachelors."""
    number = _compact(text)
    if not (match := _DEGREE.fullmatch(number)):
        raise IdentifierError("format_invalid")
    adult, school, level, year, serial = match.groups()
    return DegreeNumber(number, bool(adult), school, DEGREE_LEVELS[level], int(year), serial)


def _matching(pattern: re.Pattern[str], text: str) -> str:
    code = _compact(text)
    if not pattern.fullmatch(code):
        raise IdentifierError("format_invalid")
    return code


def major_code(text: str) -> str:
    """Catalogue code: six digits, then nothing, T (special), K (controlled) or TK."""
    code = _compact(text)
    return _matching(_MAJOR, code.zfill(6) if code.isascii() and code.isdigit() else code)


def candidate_number(text: str) -> str:
    """Fourteen digits of the adult entrance examination; never padded, its inner parts vary by province."""
    return _matching(_CANDIDATE, text)


def student_number(text: str) -> str:
    """Six to fifteen letters or digits: the width of the registry's column."""
    return _matching(_STUDENT, text)
