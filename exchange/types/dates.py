"""Dates and entry batches (docs/files.md §§4.1, 4.2, 6.2)."""

import re
from datetime import date, datetime

from common.batches import batch_of, first_day
from exchange.raw import date_of_serial, is_late
from exchange.types.base import CellType, Context, Refusal

EARLIEST, LATEST = date(1900, 1, 1), date(2100, 12, 31)
_SERIALS = range(10_000, 80_001)
_FULL_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTHS = {name[:3]: number for number, name in enumerate(_FULL_MONTHS, start=1)}
_CHINESE_DIGITS = {character: str(number) for number, character in enumerate("〇一二三四五六七八九")} | {
    "零": "0",
    "○": "0",
}

_TIME = re.compile(r"(?:T| )\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?$", re.ASCII)
_LATE_TIME = re.compile(r"(?:T| )23:5[89](?::\d{2}(?:\.\d+)?)?Z?$", re.ASCII)
_YEAR_FIRST = (
    re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", re.ASCII),
    re.compile(r"(\d{4})()(\d{2})(\d{2})", re.ASCII),
    re.compile(r"(\d{4}) ?年( ?)(\d{1,2}) ?月 ?(\d{1,2}) ?[日号]", re.ASCII),
)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
_AMBIGUOUS = re.compile(
    r"\d{1,2}([-/.])\d{1,2}\1(?:\d{4}|\d{2})|\d{2}([-/.])\d{1,2}\2\d{1,2}|\d{2} ?年 ?\d{1,2} ?月 ?\d{1,2} ?[日号]",
    re.ASCII,
)
_DAY_MONTH = re.compile(r"(\d{1,2})[ -]([A-Za-z]+)\.?,?[ -](\d{4}|\d{2})", re.ASCII)
_MONTH_DAY = re.compile(r"([A-Za-z]+)\.? (\d{1,2}),? (\d{4}|\d{2})", re.ASCII)
_CHINESE = re.compile(
    "([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号]"
)
_BATCH = (
    (
        re.compile(r"((?:19|20|21)\d\d)-?(autumn|fall|spring)", re.ASCII),
        {"autumn": "autumn", "fall": "autumn", "spring": "spring"},
    ),
    (re.compile(r"((?:19|20|21)\d\d)[年级]?(秋|春)(?:季|季学期)?", re.ASCII), {"秋": "autumn", "春": "spring"}),
    (re.compile(r"((?:19|20|21)\d\d)(?:0|[-./]0?|年0?)([39])月?", re.ASCII), {"9": "autumn", "3": "spring"}),
)
_TERM = re.compile(r"((?:19|20|21)\d\d)-(\d{4})-([12])", re.ASCII)


class Day(CellType):
    """What a day can be read from. A time just before midnight is told: the next day may be meant."""

    def warning(self, cell: str | float | date) -> str | None:
        if isinstance(cell, str):
            late = _LATE_TIME.search(cell) is not None or (_SERIAL.fullmatch(cell) is not None and is_late(float(cell)))
        else:
            late = is_late(cell) if isinstance(cell, float) else isinstance(cell, datetime)
        return "date_near_midnight" if late else None


class Date(Day):
    """A day between 1900 and 2100; with `past` not after the day of the judgement. Never guessed."""

    def __init__(self, *, past: bool = False) -> None:
        self.past = past

    def parse(self, text: str, context: Context) -> date:
        return self.parse_date(_date_of(_TIME.sub("", text), context), context)

    def parse_date(self, day: date, context: Context) -> date:
        if not EARLIEST <= day <= LATEST or (self.past and day > context.today):
            raise Refusal("date_out_of_range")
        return day

    def load(self, value: str) -> date:
        return date.fromisoformat(value)


def _date_of(text: str, context: Context) -> date:
    for pattern in _YEAR_FIRST:
        if match := pattern.fullmatch(text):
            return _day(match[1], match[3], match[4])
    if _SERIAL.fullmatch(text) and int(float(text)) in _SERIALS:
        day = date_of_serial(int(float(text)), date1904=context.date1904)
        if isinstance(day, date):
            return day
    if match := _DAY_MONTH.fullmatch(text):
        return _day_in_words(match[3], match[2], match[1])
    if match := _MONTH_DAY.fullmatch(text):
        return _day_in_words(match[3], match[1], match[2])
    if match := _CHINESE.fullmatch(text):
        return _day(
            "".join(map(_CHINESE_DIGITS.__getitem__, match[1])), _chinese_number(match[2]), _chinese_number(match[3])
        )
    raise Refusal("date_ambiguous" if _AMBIGUOUS.fullmatch(text) else "date_invalid")


def _day(year: str, month: str, day: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise Refusal("date_invalid") from None


def _day_in_words(year: str, month: str, day: str) -> date:
    word = month.casefold()
    number = _MONTHS.get(word[:3]) if word in _FULL_MONTHS or len(word) == 3 or word == "sept" else None
    if number is None:
        raise Refusal("date_invalid")
    if len(year) == 2:
        raise Refusal("date_ambiguous")
    return _day(year, str(number), day)


def _chinese_number(text: str) -> str:
    tens, ten, units = text.rpartition("十")
    number = int(_CHINESE_DIGITS.get(units, "0")) if len(units) < 2 else 99
    if not ten:
        return str(number)
    return str(10 * (int(_CHINESE_DIGITS[tens]) if tens in _CHINESE_DIGITS else 1 if not tens else 9) + number)


class Batch(Day):
    """An entry batch such as `2025-autumn`; a term of a school year or a date cell on its first day will do."""

    def parse(self, text: str, context: Context) -> str:
        compact = text.replace(" ", "").casefold()
        if match := _TERM.fullmatch(compact):
            first, second = int(match[1]), int(match[2])
            if second == first + 1:
                return f"{first}-autumn" if match[3] == "1" else f"{second}-spring"
        for pattern, seasons in _BATCH:
            if match := pattern.fullmatch(compact):
                return f"{match[1]}-{seasons[match[2]]}"
        raise Refusal("batch_invalid")

    def parse_date(self, day: date, context: Context) -> str:
        batch = batch_of(day)
        if first_day(batch) != day:
            raise Refusal("batch_invalid")
        return batch
