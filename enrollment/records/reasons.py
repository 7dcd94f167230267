"""The reasons that staff choose from, per act: shipped in `reasons.toml`, with what an institution has set beside or instead
(`ReasonSetting`)."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

from enrollment.records.models.reasons import ReasonSetting
from learning_centers.models.institutions import local

SHIPPED = Path(__file__).parent / "reasons.toml"
ACT_OF = {
    "enrollment.return_application": "return",
    "enrollment.reject_application": "reject",
    "enrollment.withdraw_application": "withdraw",
    "enrollment.grant_late_arrival": "late",
    "enrollment.keep_place": "keep",
    "enrollment.lapse_application": "lapse",
}
"""The act whose reasons the steps of a verb give."""
LAST = "other"


@dataclass(frozen=True)
class Reason:
    """`act` is a key of `REASONED_ACTS`, `source` names the rule that gives it. What `is_fixed` belongs to a computed list: it
    can be worded anew, not switched off."""

    act: str
    code: str
    name: str
    name_zh: str = ""
    source: str = ""
    is_fixed: bool = False
    is_used: bool = True
    is_shipped: bool = True

    def __str__(self) -> str:
        return local(self.name_zh or self.name, self.name)


@cache
def shipped_reasons() -> dict[tuple[str, str], Reason]:
    """By act and code, in the order in which they are offered."""
    said = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    return {
        (act, code): Reason(act, code, source=said["sources"].get(act, ""), **words)
        for act, known in said["reasons"].items()
        for code, words in known.items()
    }


@dataclass(frozen=True)
class Reasons:
    """All reasons of an institution by act and code, also those that are switched off, loaded once for many questions."""

    known: dict[tuple[str, str], Reason]

    @classmethod
    def of(cls, institution: Any) -> Self:
        """What the institution has set stands instead of the shipped reason, or after it; "another reason" stays the last."""
        known = dict(shipped_reasons())
        for row in ReasonSetting.objects.current().filter(institution=institution).order_by("pk"):
            key = (row.act, row.code)
            fixed = key in known and known[key].is_fixed
            known[key] = Reason(*key, row.name, row.name_zh, row.source, fixed, row.is_used, is_shipped=False)
        return cls(dict(sorted(known.items(), key=lambda one: one[0][1] == LAST)))

    def all_for(self, act: str) -> Iterator[Reason]:
        return (one for one in self.known.values() if one.act == act)

    def choices(self, act: str) -> list[tuple[str, str]]:
        """Codes and words of what is offered for an act, in the reader's language."""
        return [(one.code, str(one)) for one in self.all_for(act) if one.is_used]

    def knows(self, act: str, code: str) -> bool:
        """Also of a reason that is not offered any more."""
        return (act, code) in self.known

    def offers(self, act: str, code: str) -> bool:
        return self.knows(act, code) and self.known[act, code].is_used

    def label(self, act: str, code: str) -> str:
        """The words of a stored code, also of one that is switched off; the code itself where nobody knows it."""
        named = self.known.get((act, code)) or next((one for one in self.known.values() if one.code == code), None)
        return str(named or code)

    def given_in(self, step: Any) -> str:
        """The words of the reason that a step of an application or of a request gives."""
        return self.label(ACT_OF.get(step.verb, ""), step.reason_code)


def reasons(act: str, institution: Any) -> list[tuple[str, str]]:
    """Codes and words of the reasons that the institution offers for an act."""
    return Reasons.of(institution).choices(act)


def is_reason(act: str, code: str, institution: Any) -> bool:
    return Reasons.of(institution).offers(act, code)
