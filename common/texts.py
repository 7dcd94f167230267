"""Text in the one form in which it is stored and searched for, however it was typed (docs/files.md §3)."""

import re
import unicodedata

_PLAIN = re.compile(r"[!-~\u4e00-\u9fff]+(?: [!-~\u4e00-\u9fff]+)*")
_LINE_BREAKS = "\t\n\x0b\x0c\r\x85\u2028\u2029"
_SILENT = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_LOUD = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c\x00-\x1f\x7f-\x9f]")
_BLANKS = re.compile(" {2,}")

_APOSTROPHES = str.maketrans("", "", "'’‘´`ʼ")


def normalize(text: str) -> tuple[str, bool]:
    """Steps 2–6 of §3: the text without invisible characters and double blanks, and whether direction marks or
    control characters were among them."""
    if text.isascii() and text.isalnum():
        return text, False
    if _PLAIN.fullmatch(text):
        return text, False
    text = unicodedata.normalize("NFKC", text)
    text = "".join(" " if c in _LINE_BREAKS or unicodedata.category(c) == "Zs" else c for c in text)
    text = _SILENT.sub("", text)
    text, hidden = _LOUD.subn("", text)
    return _BLANKS.sub(" ", text).strip(" "), bool(hidden)


def latin_words(name: str) -> list[str]:
    """The words of a Latin name in lower case, without accents and signs: `O’Brien, José-María` → `obrien jose maria`. None where
    there are other letters."""
    plain = unicodedata.normalize("NFKD", name.translate(_APOSTROPHES)).lower()
    letters = (one for one in plain if not unicodedata.combining(one))
    words = "".join(one if one.isalnum() else " " for one in letters).split()
    return words if all(word.isascii() for word in words) else []
