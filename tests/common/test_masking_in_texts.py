import pytest

from common.masking import mask, mask_in

NUMBER = "110101199001011237"
OTHERS = ("110101900101123", "13800138000", "E12345678", "138 0013 8000", "11010119900101002X", "110101 19900101 1237")


@pytest.mark.parametrize("number", [NUMBER, *OTHERS, NUMBER[:-1], f"{NUMBER}7"])
def test_a_number_of_a_person_is_masked_wherever_it_stands(number):
    assert mask_in(f"电话{number}，见附件") == f"电话{mask(number, 2)}，见附件"
    assert mask_in(number) == mask(number, 2)


@pytest.mark.parametrize(
    "text", ["2025-09-01", "校学籍〔2025〕12号", "080901", "4301", "王伟", "20250901", "第3排12座", "correspondence"]
)
def test_days_codes_and_words_stay(text):
    assert mask_in(text) == text
