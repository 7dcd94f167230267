import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.identifiers import (
    IdentifierError,
    candidate_number,
    degree_number,
    diploma_number,
    is_known_mobile_prefix,
    joint_programme_number,
    major_code,
    organization_code,
    phone_number,
    school_code,
    school_identifier,
    student_number,
    unified_social_credit_code,
)

CREDIT_CODES = [
    "91110000600037341L",
    "12100000400000624D",
    "124300001234567887",
    "52430100987654327Y",
    "91440300MA5D00016M",
    "N2430300MF0A000128",
]


def refusal(function, *arguments, **options):
    with pytest.raises(IdentifierError) as refused:
        function(*arguments, **options)
    return refused.value.code


@pytest.mark.parametrize("code", CREDIT_CODES)
def test_credit_codes(code):
    assert unified_social_credit_code(f" {code[:8].lower()} {code[8:]}") == code


@given(st.sampled_from(CREDIT_CODES), st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_every_single_wrong_character_of_a_credit_code_is_found(code, position, character):
    damaged = code[:position] + character + code[position + 1 :]
    assert damaged == code or refusal(unified_social_credit_code, damaged) == "uscc_invalid"


@pytest.mark.parametrize("text", ["1243030011368717IO", "9111000060003734", "91110000600037341l1"])
def test_ill_formed_credit_codes(text):
    assert refusal(unified_social_credit_code, text) == "uscc_invalid"


def test_inner_organization_code_has_its_own_check():
    assert organization_code("91110000600037341L") == "600037341"
    assert refusal(organization_code, "600037342") == "uscc_invalid"


def test_school_codes():
    assert [school_code(text) for text in ("10003", "10534", "11414", "10425", "101")] == [
        "10003", "10534", "11414", "10425", "00101",
    ]  # fmt: skip
    assert refusal(school_code, "1141A") == "format_invalid"


@pytest.mark.parametrize("identifier", ["4111010003", "4143010534", "4111011414"])
def test_school_identifiers(identifier):
    assert school_identifier(identifier, school=identifier[5:]) == identifier


@pytest.mark.parametrize("identifier", ["4011011414", "4199011414", "4111111414", "4111010001"])
def test_school_identifier_that_contradicts(identifier):
    assert refusal(school_identifier, identifier, school="11414") == "school_identifier_mismatch"


@pytest.mark.parametrize(
    "code", ["081401", "081502", "082901", "120202", "081501", "081504", "120203K", "030612TK", "040206T"]
)
def test_major_codes(code):
    assert major_code(code.lower()) == code


def test_major_code_gets_its_zero_back():
    assert major_code("40107") == "040107"
    assert refusal(major_code, "0813O1") == "format_invalid"


def test_diploma_number_of_an_adult_undergraduate():
    number = diploma_number("114145202605000123")
    assert number[1:] == ("11414", "adult", 2026, "undergraduate", "000123")
    assert diploma_number("11414520260500012").serial == "00012"
    assert refusal(diploma_number, "114142202605000123") == "format_invalid"


def test_degree_numbers():
    assert degree_number("C1141442026000123")[1:] == (True, "11414", "bachelor", 2026, "000123")
    assert degree_number("114144 2026S00123").serial == "S00123"
    assert refusal(degree_number, "1141452026000123") == "format_invalid"


def test_joint_programme_numbers():
    assert joint_programme_number("MOE11US1A20100001N") == "MOE11US1A20100001N"
    assert refusal(joint_programme_number, "MOE99US1A20100001N") == "format_invalid"


def test_candidate_and_student_numbers():
    assert candidate_number("24320102100001") == "24320102100001"
    assert refusal(candidate_number, "2432010210000") == "format_invalid"
    assert student_number("2025a001") == "2025A001"
    assert refusal(student_number, "20261302/030072") == "format_invalid"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("138 0013-8000", "+8613800138000"),
        ("+86 138 0013 8000", "+8613800138000"),
        ("008613800138000", "+8613800138000"),
        ("8613800138000", "+8613800138000"),
        ("(010) 6275-1234", "+861062751234"),
        ("0731-58290000", "+8673158290000"),
        ("+7 701 123 4567", "+77011234567"),
    ],
)
def test_phone_numbers(text, number):
    assert phone_number(text) == number
    assert phone_number(number) == number


@pytest.mark.parametrize("text", ["12345678901", "无人接听", "+8612345678901", "138001380001", "01012345"])
def test_no_phone_number(text):
    assert refusal(phone_number, text) == "phone_invalid"


def test_unassigned_mobile_prefix_is_only_a_question():
    assert phone_number("14012345678") == "+8614012345678"
    assert not is_known_mobile_prefix("+8614012345678")
    assert is_known_mobile_prefix("+8613812345678")
