import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.codes.spellings import SPELLINGS
from exchange.cells import WRONG, Flawed, judge
from exchange.raw import NO_RESULT, ErrorCell, cell_text, normalize
from exchange.types import (
    Batch,
    Code,
    CodeList,
    Context,
    CreditCode,
    Date,
    Enumerated,
    IdentityText,
    Integer,
    Length,
    Name,
    Number,
    Phone,
    ProvinceCode,
    RegionCode,
    Text,
)

TODAY = dt.date(2026, 11, 21)
CODE = Code(r"\d{6}(T|K|TK)?", pad=6)


def value(raw, cell_type, *, date1904=False):
    return judge(raw, cell_type, Context(TODAY, date1904))


def code(raw, cell_type):
    flawed = value(raw, cell_type)
    assert isinstance(flawed, Flawed), flawed
    return flawed.codes[0]


@pytest.mark.parametrize(
    ("raw", "text", "hidden"),
    [
        ("　ＡＢ１２　", "AB12", False),
        ("a\t\n b\u2003c", "a b c", False),
        ("a\u200bb\ufeff\u00ad\ufe0f", "ab", False),
        ("a\u202eb\x01", "ab", True),
        ("𠮷㛃䶮", "𠮷㛃䶮", False),
    ],
)
def test_normalisation(raw, text, hidden):
    assert normalize(raw) == (text, hidden)


@given(st.text())
def test_normalising_twice_changes_nothing(text):
    once, _hidden = normalize(text)
    assert normalize(once) == (once, False)


@pytest.mark.parametrize(
    "raw", [None, "", "  ", "-", "--", "—", "——", "/", "\\", "无", "暂无", "N/A", "#N/A", "／", "'"]
)
def test_empty_cells(raw):
    assert value(raw, CODE) is None


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (4.301051988112e17, "4.30105198811200E+17"),
        (30.0, "30"),
        (2.5, "2.5"),
        (1e-7, "0.0000001"),
        (-5.0, "-5"),
        (dt.date(2025, 9, 1), "2025-09-01"),
        (NO_RESULT, None),
        (ErrorCell("#REF!"), "#REF!"),
    ],
)
def test_text_of_a_cell(raw, text):
    assert cell_text(raw) == text


@pytest.mark.parametrize(
    ("raw", "cell_type", "expected"),
    [
        (40107.0, CODE, "040107"),
        ("'81501", CODE, "081501"),
        ('="081501"', CODE, "081501"),
        (" 030101k ", CODE, "030101K"),
        ("081501、081502; 40107", CodeList(r"\d{6}(T|K|TK)?", pad=6), ("081501", "081502", "040107")),
        ("张　伟", Name(), "张伟"),
        ("买买提•依明", Name(), "买买提·依明"),
        ("John  O'Neil", Name(), "John O'Neil"),
        ("𠮷田", Name(), "𠮷田"),
        ("转 学（转出）", Enumerated("change_type"), "transfer_out"),
        (1.0, Enumerated("sex"), "male"),
        ("5", Enumerated("ethnicity"), "05"),
        ("1,200人", Integer(0, 5000), 1200),
        ("30.0", Integer(), 30),
        ("5000", Integer(0, 5000), 5000),
        ("0", Integer(0, 5000), 0),
        ("30.0", Number("0", "30", places=1), Decimal(30)),
        ("7.5学分", Number("0", "30", places=1), Decimal("7.5")),
        ("2.5年", Length(), Decimal("2.5")),
        ("湖南", ProvinceCode(), "430000"),
        (43.0, ProvinceCode(), "430000"),
        (430302.0, RegionCode(), "430302"),
        (13800138000.0, Phone(), "+8613800138000"),
        ("91110000 600037341l", CreditCode(), "91110000600037341L"),
        ("110105 1949-1231 002x", IdentityText(), "11010519491231002X"),
    ],
)
def test_values(raw, cell_type, expected):
    assert value(raw, cell_type) == expected


@pytest.mark.parametrize(
    ("raw", "cell_type", "expected"),
    [
        (ErrorCell("#N/A"), Text(), "cell_error"),
        (NO_RESULT, Text(), "formula_no_value"),
        (dt.date(2025, 9, 1), CODE, "converted_to_date"),
        (dt.time(9), Text(), "converted_to_date"),
        (4.30105e17, CODE, "id_precision_lost"),
        ("4.30105E+17", CODE, "id_precision_lost"),
        ("x" * 201, Text(), "too_long"),
        ("罗?", Name(), "character_lost"),
        ("罗\ue000", Name(), "character_lost"),
        ("魏刚😀", Name(), "invalid_characters"),
        ("张3", Name(), "invalid_characters"),
        ("7,5", Number(), "number_invalid"),
        ("1,2", Integer(), "number_invalid"),
        ("三十", Integer(), "number_invalid"),
        ("50%", Number(), "number_invalid"),
        ("20.55", Number(places=1), "number_invalid"),
        ("-5", Integer(0, 5000), "number_out_of_range"),
        ("-1", Integer(0, 5000), "number_out_of_range"),
        ("5001", Integer(0, 5000), "number_out_of_range"),
        ("30.1", Number("0", "30", places=1), "number_out_of_range"),
        ("2.6年", Length(), "length_not_allowed"),
        ("很长", Length(), "length_not_allowed"),
        ("Shaanxi", ProvinceCode(), "region_unknown"),
        ("990000", RegionCode(), "region_unknown"),
        ("自学", Enumerated("study_form"), "value_not_allowed"),
        ("石油工程、安全工程", CodeList(r"\d{6}"), "format_invalid"),
    ],
)
def test_errors(raw, cell_type, expected):
    assert code(raw, cell_type) == expected
    assert value(raw, cell_type).value is WRONG


@pytest.mark.parametrize("raw", ["=1+1", "+1 待定", "-x", "@SUM(1)"])
def test_formula_like_text_is_kept_and_remarked(raw):
    assert value(raw, Text()) == Flawed(raw, ("formula_like_text",))


def test_an_error_leaves_no_warning_but_that_of_hidden_characters():
    assert value("=\u202e" + "x" * 200, Text()) == Flawed(WRONG, ("too_long", "hidden_characters_removed"))


@pytest.mark.parametrize(
    "raw",
    [
        dt.date(2025, 9, 1), "2025-09-01", "2025/9/1", "2025.9.1", "20250901", 20250901.0, "2025年9月1日", "2025年9月1号",
        "2025-09-01 08:30:00", "2025-9-1T08:30", 45901.0, "45901", 45901.75, "1 Sep 2025", "1-Sep-2025",
        "September 1, 2025", "二〇二五年九月一日", "二零二五年九月一日",
    ],
)  # fmt: skip
def test_dates(raw):
    assert value(raw, Date()) == dt.date(2025, 9, 1)


def test_dates_of_the_1904_system_and_chinese_tens():
    assert value(44439.0, Date(), date1904=True) == dt.date(2025, 9, 1)
    assert value("二〇二四年十二月三十一日", Date()) == dt.date(2024, 12, 31)
    assert value("二〇二四年十月二十日", Date()) == dt.date(2024, 10, 20)


@pytest.mark.parametrize("raw", ["01/09/2025", "25.9.1", "25年9月1日", "90.1.2", "30-12-99", "1-Sep-25", "31/12/2025"])
def test_ambiguous_dates_are_never_guessed(raw):
    assert code(raw, Date()) == "date_ambiguous"


@pytest.mark.parametrize(
    "raw", ["2025-09", "2025", "2026-02-30", "1996年4月", "昨天", "2025-9/1", 9999.0, "1 Foo 2025"]
)
def test_no_dates(raw):
    assert code(raw, Date()) == "date_invalid"


def test_dates_out_of_range():
    assert code("1899-12-31", Date()) == code("2101-01-01", Date()) == "date_out_of_range"
    assert code("2026-11-22", Date(past=True)) == "date_out_of_range"
    assert value("2026-11-21", Date(past=True)) == TODAY


@pytest.mark.parametrize(
    "raw",
    [
        "2025秋", "2025年秋季", "2025秋季学期", "2025级秋", "2025-autumn", "2025 fall", "202509", 202509.0, "2025-09",
        "2025.9", 2025.9, "2025年9月", "2025-2026-1", dt.date(2025, 9, 1),
    ],
)  # fmt: skip
def test_batches(raw):
    assert value(raw, Batch()) == "2025-autumn"


def test_second_term_is_the_spring_after():
    assert value("2025-2026-2", Batch()) == "2026-spring"


@pytest.mark.parametrize(
    "raw", ["2025年夏季", "2026年12月", "2025-2027-1", "2025-09-01", dt.date(2025, 9, 2), "0000-autumn"]
)
def test_no_batches(raw):
    assert code(raw, Batch()) == "batch_invalid"


@given(st.sampled_from(sorted(SPELLINGS)), st.data())
def test_every_spelling_is_its_own_canonical_value(name, data):
    canonical = data.draw(st.sampled_from(sorted(SPELLINGS[name])))
    spelling = data.draw(st.sampled_from([canonical, *SPELLINGS[name][canonical]]))
    assert value(spelling, Enumerated(name)) == canonical
    assert value(f" {spelling.upper()} ", Enumerated(name)) == canonical


@given(st.one_of(st.text(), st.floats(allow_nan=False, allow_infinity=False), st.dates()))
def test_nothing_that_a_cell_can_hold_breaks_a_type(raw):
    types = (
        Text(),
        Name(),
        CODE,
        Integer(),
        Number(),
        Length(),
        Batch(),
        Date(),
        Phone(),
        CreditCode(),
        ProvinceCode(),
    )
    for cell_type in types:
        value(raw, cell_type)
