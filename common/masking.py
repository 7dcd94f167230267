"""What may be shown of a personal number (docs/rules.md §8): the last four characters at most, and the last two where the birth
date stands beside, since an identity number holds it: with region and check character it leaves few numbers to try."""

import re

SHOWN, SHOWN_BESIDE_BIRTH_DATE = 4, 2
HOLD_A_BIRTH_DATE = (15, 18)
"""Lengths of the numbers of resident identity cards and residence permits."""
IN_A_TEXT = re.compile(
    r"(?<![0-9A-Za-z])"
    r"(?:[0-9]{6}[ -]?[0-9]{8}[ -]?[0-9]{3}[0-9Xx]|[0-9]{15,19}|1[3-9][0-9](?:[ -]?[0-9]{4}){2}|[A-Za-z]{1,2}[0-9]{7,8})"
    r"(?![0-9A-Za-z])"
)
"""Identity numbers, also with a digit too few or too many, mobile phones and passports that somebody has written into a text."""


def mask(text: str, shown: int = SHOWN) -> str:
    """`11010119900101002X` → `**************002X`, `E12345678` → `*****5678`; of a number of fewer than 8 characters less."""
    if len(text) < 8:
        shown = min(shown, 2) if len(text) >= 6 else 0
    hidden = len(text) - shown
    return "*" * hidden + text[hidden:]


def mask_beside_birth_date(number: str) -> str:
    """A document's number on a page that also shows the birth date."""
    return mask(number, SHOWN_BESIDE_BIRTH_DATE if len(number) in HOLD_A_BIRTH_DATE else SHOWN)


def mask_in(text: str) -> str:
    """A text with the numbers in it masked."""
    return IN_A_TEXT.sub(lambda found: mask(found[0], SHOWN_BESIDE_BIRTH_DATE), text)


def mask_email(text: str) -> str:
    name, at, host = text.partition("@")
    return f"{name[:1]}***{at}{host}"
