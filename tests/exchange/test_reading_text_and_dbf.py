import datetime as dt
import struct

import pytest

from exchange.issues import FileRefused
from exchange.kinds import Column, FileKind
from exchange.reading import read_file
from exchange.types import Text

KIND = FileKind(
    "two",
    "two",
    (
        Column("student_no", "student_no", Text(), ("学号",), "XH", required=True),
        Column("expected_graduation", "expected_graduation", Text(), ("预计毕业日期",)),
    ),
    ("student_no",),
    "student_no",
)


def opened(content, name="a.csv"):
    content = content.encode() if isinstance(content, str) else content
    return read_file(content, name, KIND)


def rows(content, name="a.csv"):
    return [(row.number, *row.cells) for row in opened(content, name).data_rows()]


def refusal(content, name="a.csv"):
    with pytest.raises(FileRefused) as refused:
        rows(content, name)
    return refused.value.code


@pytest.mark.parametrize(
    "content",
    [
        "学号,预计毕业日期\r\nA1,甲\r\n",
        "\ufeff学号;预计毕业日期\nA1;甲\n",
        "学号\t预计毕业日期\rA1\t甲\r",
        "学号,预计毕业日期\nA1,甲".encode("gb18030"),
    ],
)
def test_encodings_separators_and_line_ends(content):
    assert rows(content) == [(2, "A1", "甲")]


def test_a_declared_separator_decides_and_counts_as_a_row():
    assert rows("sep=|\n学号|预计毕业日期\nA1|甲") == [(3, "A1", "甲")]


def test_records_are_counted_not_lines():
    assert rows('学号,预计毕业日期\n\n"A1\n,x",""""\nA2') == [(3, "A1\n,x", '"'), (4, "A2", None)]


def test_cells_beyond_the_header_are_a_mistake_of_the_row():
    found = list(opened("学号,预计毕业日期\nA1,甲,,x\nA2,乙,,\n").data_rows())
    assert [row.extra for row in found] == ["x", None]


def test_footers_repeated_headers_and_blank_rows_are_skipped():
    sheet = opened("序号,学号,预计毕业日期\n1,A1,x\n2,,\n,合 计,12\n学号,学号,预计毕业日期\n注：以上,,\n3,A2,-\n")
    assert [row.number for row in sheet.data_rows()] == [2, 7]
    assert [(one.row, one.code, one.value) for one in sheet.warnings] == [
        (4, "footer_row_skipped", "合 计"),
        (5, "repeated_header_row", None),
        (6, "footer_row_skipped", "注:以上"),
    ]


def test_unknown_headers_and_data_under_none_are_named():
    sheet = opened("* 学 号（必填）,身高(cm),,序号\nA1,180,?,1\n")
    assert len(list(sheet.data_rows())) == 1
    assert [(one.code, one.value) for one in sheet.warnings] == [
        ("unknown_column", "身高(cm)"),
        ("unknown_column", "[C]"),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xef\xbb\xbf \n", "file_empty"),
        ("学号".encode("utf-16"), "encoding_not_supported"),
        (b"\x00\x00\xfe\xff\x00", "encoding_not_supported"),
        (b"a\0b", "binary_content"),
        (b"\xff\xff\xff\xff", "encoding_not_supported"),
        (b"\x89PNG\r\n", "wrong_file_type"),
        ('学号\n"A1', "csv_malformed"),
        ('other\n"A1" x\n', "csv_malformed"),
        ("other\nA1\n", "header_not_found"),
        ("学号\n", "no_data_rows"),
        ("学号\n合计\n", "no_data_rows"),
        ("学号,XH,student no\nA1,A1,A1\n", "duplicate_column"),
        ("学号\n" + "A1\n" * 100_001, "file_too_large"),
    ],
)
def test_refused_as_a_whole(content, code):
    assert refusal(content) == code


def dbf(*records: bytes, length: int = 10) -> bytes:
    fields = b"".join(
        struct.pack("<11sc4xBB14x", name, kind, size, 0)
        for name, kind, size in ((b"XH", b"C", length), (b"EXPECTED_G", b"D", 8))
    )
    width = 1 + length + 8
    return struct.pack("<B3xIHH20x", 3, len(records), 33 + len(fields), width) + fields + b"\r" + b"".join(records)


def test_dbf_skips_deleted_records_and_knows_cut_names():
    content = dbf(b" A1        20280301", b"*A2        20280301", b" A3                ")
    assert rows(content, "a.dbf") == [(2, "A1", dt.date(2028, 3, 1)), (4, "A3", None)]


def test_a_character_cut_by_the_width_is_seen_as_lost():
    content = dbf(b" " + "阿阿阿阿阿阿".encode("gb18030")[:9] + b"        ", length=9)
    assert rows(content, "a.dbf")[0][1] == "阿阿阿阿\ufffd"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x99" + b"\0" * 40, "wrong_file_type"),
        (dbf(b" A1        20280301")[:-4], "file_unreadable"),
        (b"\x03", "file_unreadable"),
    ],
)
def test_dbf_that_is_none(content, code):
    assert refusal(content, "a.dbf") == code
