"""What somebody needs personal data for: a sentence that an auditor can judge later, not a word to get past the form."""

import re

from django.utils.translation import gettext as _

from common.errors import DomainError

SHORTEST = 4
"""Characters of a purpose."""
_HOLLOW_ENGLISH = (
    "work|works|working|job|task|duty|office|business|daily|test|testing|check|checking|look|looking|see|view|need|needs|needed|"
    "necessary|required|use|using|reason|reasons|purpose|purposes|number|data|information|info|none|nothing|other|asdf|qwerty|abcd|"
    "abc|for|my|the|a|an|to|of|in|on|at|is|it|i|we|our|and|or|by|as|na|ok"
)
_HOLLOW_CHINESE = (
    "工作|业务|办公|日常|任务|需要|需求|要求|使用|用途|原因|理由|测试|查看|查询|信息|数据|资料|看看|看一下|其他|其它|必要|相关|因为|为了|"
    "因|用|的"
)
_HOLLOW = re.compile(rf"\b(?:{_HOLLOW_ENGLISH})\b|{_HOLLOW_CHINESE}")
_HAN = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile("[^\\W\\d_\u3400-\u9fff]")
FEWEST_HAN, FEWEST_LATIN = 2, 3
"""Different characters that must be left when the words that say nothing are taken out."""


def purpose(text: str, missing: str) -> str:
    """The purpose as it is kept. Raises DomainError `required` (with the sentence `missing`) where there is none, and
    `purpose_says_nothing` for “work”, “工作需要”, “aaaa” and the like."""
    said = text.strip()
    if len(said) < SHORTEST:
        raise DomainError(missing, code="required")
    left = _HOLLOW.sub(" ", said.lower())
    if len({*_HAN.findall(left)}) < FEWEST_HAN and len({*_LATIN.findall(left)}) < FEWEST_LATIN:
        sentence = _(
            "“%(said)s” tells nobody what it is for. Name the occasion, such as “diplomas of the June conferral”."
        )
        raise DomainError(sentence % {"said": said}, code="purpose_says_nothing")
    return said
