from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.identifiers import (
    IdentifierError,
    check_character,
    from_15_digits,
    guess_type,
    identity_number,
    mrz_check_digit,
    passport_number,
)

TODAY = date(2026, 11, 21)


def refusal(text, kind=None):
    with pytest.raises(IdentifierError) as refused:
        identity_number(text, kind=kind, today=TODAY)
    return refused.value.code


@pytest.mark.parametrize(
    ("number", "sex"),
    [
        ("11010519491231002X", "female"),
        ("430302199001011239", "male"),
        ("430105198811200465", "female"),
        ("110108200002290012", "male"),
        ("440306197001010015", "male"),  # county founded after the birth
        ("500101199001010018", "male"),  # province founded after the birth
    ],
)
def test_citizens_are_valid(number, sex):
    judged = identity_number(number, kind="resident_id", today=TODAY)
    assert judged == ("resident_id", number, date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}"), sex)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("810000199001010019", "hmt_residence"),
        ("820000199001010010", "hmt_residence"),
        ("830000199001010012", "hmt_residence"),
        ("911840199001010018", "foreign_permanent"),
        ("96539819850615002X", "foreign_permanent"),
        ("ABC123456789012", "foreign_permanent"),
        ("H12345678", "hm_permit"),
        ("M1234567801", "hm_permit"),
        ("12345678", "tw_permit"),
        ("L898902C3", "passport"),
        ("E12345678", "passport"),
    ],
)
def test_type_is_read_off_the_number(number, kind):
    assert guess_type(number) == kind
    assert identity_number(number, today=TODAY).type == kind


@pytest.mark.parametrize("number", ["1234567890", "1234567890A", "12345678"])
def test_taiwan_permits_old_and_new(number):
    assert identity_number(number, kind="tw_permit", today=TODAY).number == number


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("1101**********002X", "resident_id", "id_masked"),
        ("4.30105E+17", "resident_id", "id_precision_lost"),
        ("430105198811201000", "resident_id", "id_precision_lost"),
        ("43030219900101123", "resident_id", "id_format"),
        ("99010519491231002X", "hmt_residence", "id_format"),
        ("160101199012156510", "resident_id", "id_region_unknown"),
        ("430302199002291239", "resident_id", "id_birth_invalid"),
        ("430302202701011239", "resident_id", "id_birth_invalid"),
        ("430302189901011239", "resident_id", "id_birth_invalid"),
        ("430302199001011238", "resident_id", "id_check_digit"),
        ("810001199001010019", "hmt_residence", "id_format"),
        ("430302199001011239", "foreign_permanent", "id_format"),
        ("X12345678", "hm_permit", "id_format"),
        ("ABCDEFG", "passport", "id_format"),
        ("1٢3456789012345", "resident_id", "id_format"),
    ],
)
def test_first_failing_test_is_named(text, kind, code):
    assert refusal(text, kind) == code


def test_spelling_does_not_matter():
    assert identity_number("110105 19491231-002x", today=TODAY).number == "11010519491231002X"


def test_number_decides_when_resident_id_was_said():
    assert identity_number("810000199001010019", kind="resident_id", today=TODAY).type == "hmt_residence"
    assert identity_number("96539819850615002X", kind="resident_id", today=TODAY).type == "foreign_permanent"


def test_old_number_is_stored_with_18_characters():
    assert identity_number("110105491231002", today=TODAY).number == "11010519491231002X"
    assert from_15_digits("110105491231002") == "11010519491231002X"


def test_mrz_check_digits():
    assert [mrz_check_digit(field) for field in ("L898902C3", "740812", "120415")] == [6, 2, 9]
    with pytest.raises(IdentifierError):
        mrz_check_digit("é")


@pytest.mark.parametrize(
    ("text", "code"), [("E*****678", "id_masked"), ("1.2E+08", "id_precision_lost"), ("E1", "id_format")]
)
def test_passports_that_are_none(text, code):
    with pytest.raises(IdentifierError) as refused:
        passport_number(text)
    assert refused.value.code == code


births = st.dates(date(1900, 1, 1), date(2026, 11, 21))


@st.composite
def citizens(draw):
    region = draw(st.sampled_from(["110105", "430302", "532926", "650103", "440306"]))
    first_17 = f"{region}{draw(births):%Y%m%d}{draw(st.integers(0, 999)):03}"
    return first_17 + check_character(first_17)


@given(citizens(), st.integers(0, 16), st.integers(1, 9))
def test_every_single_wrong_digit_is_found(number, position, shift):
    wrong = str((int(number[position]) + shift) % 10)
    damaged = number[:position] + wrong + number[position + 1 :]
    with pytest.raises(IdentifierError):
        identity_number(damaged, kind="resident_id", today=TODAY)


@given(citizens())
def test_a_valid_number_stays_itself(number):
    judged = identity_number(number, kind="resident_id", today=TODAY)
    assert identity_number(judged.number, kind=judged.type, today=TODAY) == judged


@given(st.dates(date(1900, 1, 1), date(1999, 12, 31)), st.integers(0, 999))
def test_widening_an_old_number_is_idempotent(birth, sequence):
    old = f"430302{birth:%y%m%d}{sequence:03}"
    assert from_15_digits(from_15_digits(old)) == from_15_digits(old)
    assert identity_number(old, today=TODAY) == identity_number(from_15_digits(old), today=TODAY)
