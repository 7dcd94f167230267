"""Fields of every type are read by their type, or refused by their name."""

import datetime as dt
import struct

import pytest

from exchange.issues import FileRefused
from exchange.kinds import Column, FileKind
from exchange.types import Date, Number, Text
from tests.cases.dbf import END, field, field_of_7, table
from tests.cases.reading import case, said, values

FOXPRO = 0x30
KIND = FileKind(
    "two",
    "two",
    (
        Column("code", "code", Text(), required=True),
        Column("number", "number", Number()),
        Column("day", "day", Date()),
    ),
    ("code",),
    "code",
)
CODE = field("CODE", "C", 4)
A_DAY = dt.date(2025, 9, 1)


def julian(day: dt.date) -> int:
    return day.toordinal() + 1721425


def moment(hour: int, minute: int) -> bytes:
    return struct.pack("<II", julian(A_DAY), (hour * 60 + minute) * 60_000)


def of(name, kind, cell, *, version=0x03, decimals=0, flags=0):
    content = table([CODE, field(name, kind, len(cell), decimals, flags=flags)], b" A1  " + cell, version=version)
    found, remarks = values(content, "a.dbf", KIND)
    return found[name.lower()][0], said(remarks)


def refused(content):
    with pytest.raises(FileRefused) as refusal:
        values(content, "a.dbf", KIND)
    return said(refusal.value.issues)


def test_an_integer_field_is_a_number():
    found, remarks = values(*case("d01"), "admission_plan")
    assert found["quota"] == [50, 51, 300]
    assert found["remark"] == ["甲", "乙", "丙"]
    assert remarks == []


def test_a_memo_without_its_file_is_told():
    found, remarks = values(*case("d04"), "admission_plan")
    assert found["quota"] == [50, 51, 300]
    assert found["remark"] == [None, None, None]
    assert said(remarks) == [(1, "remark", "columns_unread", "REMARK")]


def test_records_beyond_the_count_of_the_header_are_read():
    found, remarks = values(*case("d06"), "admission_plan")
    assert found["quota"] == [50, 51, 300]
    assert said(remarks) == [(None, None, "record_count_differs", "1 / 3")]


@pytest.mark.parametrize(
    ("version", "kind", "cell", "number"),
    [
        (0x03, "N", b"  12.50", 12.5),
        (0x03, "F", b"     -7", -7),
        (0x8B, "N", b"       ", None),
        (FOXPRO, "I", struct.pack("<i", -3), -3),
        (FOXPRO, "I", struct.pack("<i", 50), 50),
        (FOXPRO, "B", struct.pack("<d", 0.1 + 0.2), 0.3),
        (FOXPRO, "Y", struct.pack("<q", 125_000), 12.5),
    ],
)
def test_numbers(version, kind, cell, number):
    found, remarks = of("NUMBER", kind, cell, version=version)
    assert (found is None and number is None) or float(found) == number
    assert remarks == []


@pytest.mark.parametrize(
    ("version", "kind", "cell", "day"),
    [
        (0x03, "D", b"20250901", A_DAY),
        (0x03, "D", b"        ", None),
        (0x03, "N", b"20250901", A_DAY),
        (FOXPRO, "T", moment(0, 0), A_DAY),
        (FOXPRO, "T", moment(23, 57), A_DAY),
        (FOXPRO, "T", bytes(8), None),
        (FOXPRO, "T", b" " * 8, None),
    ],
)
def test_days(version, kind, cell, day):
    assert of("DAY", kind, cell, version=version) == (day, [])


def test_a_moment_just_before_midnight_is_told():
    day, remarks = of("DAY", "T", moment(23, 59), version=FOXPRO)
    assert day == A_DAY
    assert remarks == [(2, "day", "date_near_midnight", "2025-09-01")]


@pytest.mark.parametrize(("cell", "text"), [(b"T", "TRUE"), (b"n", "FALSE"), (b"?", None), (b" ", None)])
def test_logical_fields(cell, text):
    kind = FileKind("one", "one", (*KIND.columns, Column("open", "open", Text())), ("code",), "code")
    found, remarks = values(table([CODE, field("OPEN", "L", 1)], b" A1  " + cell), "a.dbf", kind)
    assert (found["open"], remarks) == ([text], [])


def test_numbers_of_dbase_7_have_their_sign_turned_over():
    content = table(
        [field_of_7("code", "+", 4), field_of_7("number", "O", 8), field_of_7("day", "D", 8)],
        b" " + struct.pack(">I", 7 + (1 << 31)) + struct.pack(">Q", (1 << 63) ^ bits(2.5)) + b"20250901",
        b" " + struct.pack(">I", 8 + (1 << 31)) + struct.pack(">Q", ((1 << 64) - 1) ^ bits(-2.5)) + b"        ",
        b" " + struct.pack(">I", 9 + (1 << 31)) + bytes(8) + b"        ",
        version=0x04,
    )
    found, remarks = values(content, "a.dbf", KIND)
    assert found["code"] == ["7", "8", "9"]
    assert [one and float(one) for one in found["number"]] == [2.5, -2.5, None]
    assert found["day"] == [A_DAY, None, None]
    assert remarks == []


def bits(number: float) -> int:
    return struct.unpack(">Q", struct.pack(">d", number))[0]


@pytest.mark.parametrize(
    ("version", "kind", "length"),
    [(0x03, "I", 4), (0x03, "@", 8), (0x8B, "B", 10), (0x83, "G", 10), (FOXPRO, "Q", 8), (FOXPRO, "W", 4), (0x03, "X", 4)],
)  # fmt: skip
def test_a_type_that_is_not_read_is_refused_by_name(version, kind, length):
    content = table([CODE, field("NUMBER", kind, length)], b" A1  " + b"2" * length, version=version)
    assert refused(content) == [(1, "number", "field_type_unread", f"NUMBER {kind}")]


def test_a_type_that_is_not_read_in_a_column_that_nobody_knows_is_no_matter():
    found, remarks = values(table([CODE, field("PHOTO", "G", 10)], b" A1  0000000005"), "a.dbf", KIND)
    assert found["code"] == ["A1"]
    assert said(remarks) == [(1, None, "unknown_column", "PHOTO")]


def test_a_memo_of_a_required_column_refuses_the_file():
    content = table([field("CODE", "M", 10), field("NUMBER", "N", 2)], b"          12", b" 00000000057")
    content = table([field("CODE", "M", 10), field("NUMBER", "N", 2)], b" 000000000512")
    with pytest.raises(FileRefused) as refusal:
        values(content, "a.dbf", KIND)
    assert [one.as_dict() for one in refusal.value.issues] == [
        {"row": 1, "column": "code", "code": "columns_unread", "severity": "error", "value": "CODE"}
    ]


@pytest.mark.parametrize(
    ("version", "cell", "is_told"),
    [(0x83, b" " * 10, False), (0x83, b"0" * 10, False), (0x83, b"0000000010", True), (FOXPRO, bytes(4), False),
     (FOXPRO, b"0\0\0\0", True)],
)  # fmt: skip
def test_a_memo_that_is_empty_everywhere_loses_nothing(version, cell, is_told):
    content = table([CODE, field("NUMBER", "M", len(cell))], b" A1  " + cell, version=version)
    assert bool(values(content, "a.dbf", KIND)[1]) == is_told


def test_flags_of_foxpro_say_what_is_null_and_how_long_a_text_is():
    fields = [
        field("CODE", "V", 4, flags=2),
        field("NUMBER", "I", 4, flags=2),
        field("_NullFlags", "0", 1, flags=1),
    ]
    content = table(
        fields,
        b" ab\0\x02" + struct.pack("<i", 5) + bytes([0b001]),
        b" abcd" + struct.pack("<i", 0) + bytes([0b100]),
        version=0x32,
    )
    found, remarks = values(content, "a.dbf", KIND)
    assert found["code"] == ["ab", "abcd"]
    assert [one and int(one) for one in found["number"]] == [5, None]
    assert remarks == []


def test_a_count_too_high_is_told_where_the_file_has_its_end_mark():
    content = table([CODE], b" A1  ", b" A2  ", counted=9)
    found, remarks = values(content, "a.dbf", KIND)
    assert found["code"] == ["A1", "A2"]
    assert said(remarks) == [(None, None, "record_count_differs", "9 / 2")]
    assert refused(content.removesuffix(END)) == [(None, None, "file_unreadable", None)]


def test_what_lies_behind_the_end_mark_is_not_read():
    content = table([CODE], b" A1  ", end=END + b" A2  ")
    assert values(content, "a.dbf", KIND) == ({"code": ["A1"], "number": [None], "day": [None]}, [])


@pytest.mark.parametrize("content", [table([CODE, field("NUMBER", "I", 3)], b" A1  123", version=FOXPRO), b"\x03" * 40])
def test_a_field_that_does_not_fit_its_type_is_damage(content):
    assert refused(content)[0][2] == "file_unreadable"
