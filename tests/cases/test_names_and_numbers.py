"""Names with other dots and accents, identity numbers, addresses, and sums that a spreadsheet program has made."""

import datetime as dt
from decimal import Decimal

import pytest

from exchange.cells import WRONG, Flawed, judge
from exchange.raw import as_shown
from exchange.types import Batch, Context, Date, Email, Name, Number
from tests.cases.reading import case, said, values
from tests.exchange.samples import TODAY

CONTEXT = Context(TODAY)
LATE = dt.time(23, 59, 17)


def judged(text, cell_type):
    found = judge(text, cell_type, CONTEXT)
    return found.codes[0] if isinstance(found, Flawed) and found.value is WRONG else found


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("阿卜杜．热合曼", "阿卜杜·热合曼"),
        ("阿卜杜﹒热合曼", "阿卜杜·热合曼"),
        ("阿卜杜˙热合曼", "阿卜杜·热合曼"),
        ("阿卜杜.热合曼", "阿卜杜·热合曼"),
        ("阿卜杜 ˙ 热合曼", "阿卜杜·热合曼"),
        ("阿卜杜⸱热合曼", "阿卜杜·热合曼"),
        ("阿卜杜･热合曼", "阿卜杜·热合曼"),
        ("O´Neill Sean", "O'Neill Sean"),
        ("O’Neill Sean", "O'Neill Sean"),
        ("Jean d´Arc", "Jean d'Arc"),
        ("Zoë", "Zoë"),
        ("Nguye\u0302\u0303n", "Nguyễn"),
        ("J. R. R. Tolkien", "J. R. R. Tolkien"),
        ("张〇", "张〇"),
        ("〇", "〇"),
        ("张．", "张."),
        ("´Neill", "invalid_characters"),
        ("Zo¨e", "invalid_characters"),
        ("张¨", "invalid_characters"),
        ("阿卜杜゛热合曼", "invalid_characters"),
        (".", "invalid_characters"),
        ("'", "invalid_characters"),
        ("·", "invalid_characters"),
        ("· ·", "invalid_characters"),
    ],
)
def test_names(text, name):
    assert judged(text, Name()) == name


def test_names_of_the_case():
    found, remarks = values(*case("n01"), "applications")
    dotted = [name for name in found["name"] if isinstance(name, str) and "阿卜杜" in name]
    assert dotted == ["阿卜杜·热合曼"] * 6
    assert found["name"][12] == "张〇"
    assert found["name"][23] == "Jean-Luc d'Arc"
    assert {row for row, _column, code, _value in said(remarks) if code == "invalid_characters"} == {
        12, 18, 24, 26, 30, 33, 34,
    }  # fmt: skip


def test_names_that_were_stored():
    found, remarks = values(*case("n02"), "applications")
    assert found["name"] == ["O'Neill Sean", "阿卜杜·热合曼", WRONG, WRONG, "張偉", "张."]
    assert said(remarks) == [(4, "name", "invalid_characters", "."), (5, "name", "invalid_characters", "'")]


def test_identity_numbers_and_addresses_of_the_case():
    _found, remarks = values(*case("i01"), "applications")
    assert {(row, column, code) for row, column, code, _value in said(remarks) if code != "age_unusual"} == {
        (3, "id_type", "id_type_corrected"), (10, "id_no", "id_birth_invalid"), (13, "id_no", "id_format"),
        (14, "id_no", "id_format"), (15, "id_no", "id_masked"), (16, "id_no", "id_15_digits"),
        (19, "id_no", "id_15_digits"), (19, "sex", "sex_mismatch"), (21, "id_no", "id_format"),
        (22, "birth_date", "date_ambiguous"), (23, "exam_score", "number_invalid"), (25, "phone", "phone_invalid"),
        (26, "phone", "phone_invalid"), (27, "email", "format_invalid"), (28, "email", "format_invalid"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("li@example.cn", "li@example.cn"),
        ("　ｌｉ＠example.cn", "li@example.cn"),
        ("无", None),
        ("not a mail", "format_invalid"),
        ("li@", "format_invalid"),
        ("a@b.cn,c@d.cn", "format_invalid"),
        ("a@b.cn\nBcc: c@d.cn", "format_invalid"),
        (f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 20}.cn", "too_long"),
    ],
)
def test_addresses(text, address):
    assert judged(text, Email()) == address


def test_a_score_that_is_a_sum_is_taken_as_it_is_shown():
    found, remarks = values(*case("s01"), "applications")
    assert Decimal("289.1") in found["exam_score"]
    assert remarks == []


@pytest.mark.parametrize(
    ("number", "shown"),
    [(289.09999999999997, "289.1"), (0.1 + 0.2, "0.3"), (2.5, "2.5"), (12.345000000000001, "12.345"), (3.0, "3")],
)
def test_sums_with_binary_noise(number, shown):
    assert str(judged(as_shown(number), Number(places=3))) == shown


@pytest.mark.parametrize(
    ("cell", "is_told"),
    [
        (45900.99950231, True), (45900.9987, True), (45900.99, False), (45900.0, False), ("2025-08-31T23:59:17Z", True),
        ("2025-08-31 23:58", True), ("2025-08-31 23:57:59", False), ("45900.9995", True), ("2025-08-31", False),
        (dt.datetime.combine(dt.date(2025, 8, 31), LATE), True),
    ],
)  # fmt: skip
def test_a_time_just_before_midnight_is_told_and_the_day_is_kept(cell, is_told):
    day = dt.date(2025, 8, 31)
    assert judge(cell, Date(), CONTEXT) == (Flawed(day, ("date_near_midnight",)) if is_told else day)


def test_a_batch_just_before_midnight_is_told_as_well():
    late = dt.datetime.combine(dt.date(2025, 9, 1), LATE)
    assert judge(late, Batch(), CONTEXT) == Flawed("2025-autumn", ("date_near_midnight",))
    assert judged(dt.datetime.combine(dt.date(2025, 8, 31), LATE), Batch()) == "batch_invalid"
