"""Marks and encodings of text files, as programs and people have put them together."""

import pytest

from exchange.issues import FileRefused
from exchange.kinds import Column, FileKind
from exchange.types import Text
from tests.cases.reading import case, said, values

COLUMNS = (
    Column("no", "no", Text(), ("编号",), required=True),
    Column("name", "name", Text(), ("姓名",)),
)
KIND = FileKind("two", "two", COLUMNS, ("no",), "no")
MARK = "\ufeff"
LINES = ["编号,姓名", "一,张伟和李娜", "二,王芳和赵磊", "三,陈杰和黄丽", "四,周强和吴军"]


def read(content):
    found, remarks = values(content, "a.csv", KIND)
    return found["no"], said(remarks)


def refused(content):
    with pytest.raises(FileRefused) as refusal:
        read(content)
    return said(refusal.value.issues)


def mixed(*, others, encoding, other):
    lines = [line.encode(other if number in others else encoding) for number, line in enumerate(LINES, start=1)]
    return b"\r\n".join(lines)


def test_two_marks_before_a_quoted_header():
    found, remarks = values(*case("c01"), "admission_plan")
    assert found["quota"] == [50, 51, 300]
    assert remarks == []


def test_one_line_in_another_encoding_is_named():
    with pytest.raises(FileRefused) as refusal:
        values(*case("c02"), "admission_plan")
    assert said(refusal.value.issues) == [(3, None, "encoding_not_supported", None)]


@pytest.mark.parametrize(("encoding", "other"), [("utf-8", "gb18030"), ("gb18030", "utf-8")])
def test_a_line_that_came_from_elsewhere_is_named_whichever_it_is(encoding, other):
    assert refused(mixed(others={4}, encoding=encoding, other=other)) == [(4, None, "encoding_not_supported", None)]


def test_records_are_counted_where_a_line_break_is_quoted():
    content = '编号,姓名\n一,"张\n伟"\n二,王芳\n'.encode() + "三,陈杰".encode("gb18030")
    assert refused(content) == [(4, None, "encoding_not_supported", None)]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_whole_files(encoding, end):
    assert read(end.join(LINES).encode(encoding)) == (["一", "二", "三", "四"], [])


@pytest.mark.parametrize("marks", [MARK, MARK * 2, MARK * 3])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_marks_at_the_beginning(marks, encoding):
    assert read((marks + '"编号","姓名"\n"一","张伟"\n').encode(encoding)) == (["一"], [])


def test_marks_between_files_that_were_put_together():
    part = MARK + '"编号","姓名"\n"一","张伟"\n'
    assert read((part + part).encode()) == (["一", "一"], [(3, None, "repeated_header_row", None)])


def test_a_mark_and_nothing_else_is_an_empty_file():
    assert refused((MARK * 2 + "\u3000\n").encode()) == [(None, None, "file_empty", None)]


@pytest.mark.parametrize("encoding", ["shift_jis", "utf-16", "utf-16-le", "utf-32"])
def test_other_encodings_are_refused(encoding):
    assert refused("\n".join(LINES).encode(encoding, "replace"))[0][2] in {
        "encoding_not_supported", "binary_content", "header_not_found",
    }  # fmt: skip
