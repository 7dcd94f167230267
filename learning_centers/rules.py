"""What holds of the rules that differ by school, province or year: shipped by each app (`common.rules`), set anew by staff as
`RuleSetting`; and the rules of this app.

`rule("late_arrival_days", institution, on=day)` is the one way to ask. The narrowest setting that holds on the day wins: a
school's before a province's, a province's before the institution's, each for a level path before one for all.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.batches import first_day
from common.rules import CHOSEN, NOTICES, REFORM, RULES, Rule
from learning_centers.models import RuleSetting


def batch_or_none(text: str) -> dt.date | None:
    """The first day of `2025-autumn`; none for an empty text. Raises ValueError on anything else."""
    return first_day(text) if text else None


def _batch(name: str, label: Promise, default: str, source: Promise) -> Rule:
    hint = _("A batch, such as 2025-autumn; empty: no limit.")
    return Rule(name, label, str, default, source, hint=hint, check=batch_or_none)


RULES.register(
    # docs/rules.md §2.1 [S3, S4]
    _batch("first_batch_part_time", _("Part time (非脱产) admits from"), "2025-autumn", REFORM),
    # docs/rules.md §2.1
    _batch("last_batch_part_time", _("Part time (非脱产) admits until"), "", CHOSEN),
    # docs/rules.md §2.1 [S4]
    _batch("last_batch_correspondence", _("Correspondence (函授) admits until"), "2025-spring", REFORM),
    # docs/rules.md §2.1 [S4]
    _batch("last_batch_spare_time", _("Spare time (业余) admits until"), "2025-spring", REFORM),
    # docs/rules.md §2.1 [S10]
    _batch("last_batch_online", _("Online (网络教育) admits until"), "2022-spring", NOTICES),
    # docs/rules.md §2.1 [G]
    _batch("last_batch_full_time", _("Full time (脱产) admits until"), "", CHOSEN),
)


def _by_rule(settings: Iterable[RuleSetting]) -> dict[str, list[RuleSetting]]:
    """By the rule's name of today, whatever it was called when it was set."""
    found = defaultdict(list)
    for one in settings:
        found[RULES[one.name].name if one.name in RULES else one.name].append(one)
    return found


@dataclass(frozen=True)
class Rulebook:
    """All that an institution has set, loaded once for many questions."""

    settings: dict[str, list[RuleSetting]]

    @classmethod
    def of(cls, institution: Any, *names: str) -> "Rulebook":
        """Only the named rules if names are given."""
        known = RuleSetting.objects.current().filter(institution=institution)
        return cls(_by_rule(known.filter(name__in=RULES.with_former(*names)) if names else known))

    def rule(
        self, name: str, *, on: dt.date, school_id: int | None = None, province_code: str = "", level_path: str = ""
    ) -> Any:
        """What holds there on that day, in the rule's type; raises KeyError for a rule that nobody ships."""
        shipped = RULES[name]
        fitting = [
            one
            for one in self.settings.get(name, ())
            if (one.begin is None or one.begin <= on)
            and (one.end is None or on < one.end)
            and one.school_id in (None, school_id)
            and one.province_code in ("", province_code)
            and one.level_path in ("", level_path)
        ]
        if not fitting:
            return shipped.default
        narrowest = max(
            fitting,
            key=lambda one: (
                bool(one.school_id), bool(one.province_code), bool(one.level_path), one.begin or dt.date.min,
            ),
        )  # fmt: skip
        return shipped.hold(narrowest.value)


def rule(
    name: str,
    institution: Any,
    *,
    on: dt.date,
    school_id: int | None = None,
    province_code: str = "",
    level_path: str = "",
) -> Any:
    """What holds there on that day, in the rule's type; raises KeyError for a rule that nobody ships."""
    book = Rulebook.of(institution, name)
    return book.rule(name, on=on, school_id=school_id, province_code=province_code, level_path=level_path)


def settings_of(institution: Any) -> Iterator[tuple[str, Rule, list[RuleSetting]]]:
    """Every shipped rule with what the institution has set instead, for the page that lists them."""
    known = _by_rule(RuleSetting.objects.current().filter(institution=institution).select_related("school"))
    for name, shipped in RULES.items():
        yield name, shipped, known.get(name, [])
