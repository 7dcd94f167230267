import pytest

from common.errors import DomainError
from common.purposes import purpose


@pytest.mark.parametrize(
    "said",
    [
        "diploma is printed",
        "班级点名册",
        "年报核对",
        "康复复学",
        "本人来电核实",
        "call about the fee",
        "the file of 2024",
    ],
)
def test_an_occasion_is_a_purpose(said):
    assert purpose(f" {said} ", "say") == said


@pytest.mark.parametrize(
    "said", ["work", "for my work", "工作需要", "业务查询", "aaaa", "1234 5678", "....", "需要使用", "Test test"]
)
def test_a_word_to_get_past_the_form_is_none(said):
    with pytest.raises(DomainError) as refusal:
        purpose(said, "say")
    assert refusal.value.code == "purpose_says_nothing"


@pytest.mark.parametrize("said", ["", "   ", " x ", "ok"])
def test_nothing_said(said):
    with pytest.raises(DomainError) as refusal:
        purpose(said, "Say what for.")
    assert (refusal.value.code, str(refusal.value.message)) == ("required", "Say what for.")
