"""Rules that differ by school, province or year: shipped here with a default and a source, set anew by staff as `RuleSetting`.

`rule("late_arrival_days", institution, on=day)` is the one way to ask. The narrowest setting that holds on the day wins: a
school's before a province's, a province's before the institution's, each for a level path before one for all.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.batches import first_day
from common.patterns import NumberPattern
from learning_centers.models import RuleSetting
from learning_centers.models.rules import LIGHT_CHANGES, MOST


@dataclass(frozen=True)
class Rule:
    """`type` is bool, int, Decimal, str or list (of strings); `source`, in words, and `unit` are shown beside the value."""

    label: Promise
    type: type
    default: Any
    source: Promise
    unit: Promise | str = ""
    hint: Promise | str = ""
    """How a value is written."""
    choices: Mapping[str, Any] = field(default_factory=dict)
    """Each possible value and what it is called."""
    least: int | None = None
    most: int | None = None
    check: Callable[[Any], Any] | None = None
    """Raises ValueError for a value of the right type that cannot be."""
    guards: bool = False
    """It protects persons from what one user alone could do, so one user alone does not change it."""

    def read(self, value: Any) -> Any:
        """A value as it was set, in the rule's type; raises ValueError where it cannot be one."""
        if self.type is Decimal:
            try:
                value = Decimal(str(value))
            except InvalidOperation as error:
                raise ValueError(str(value)) from error
        if not isinstance(value, self.type) or (self.type is int and isinstance(value, bool)):
            raise ValueError(str(value))
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            too_low = self.least is not None and value < self.least
            if too_low or (self.most is not None and value > self.most):
                raise ValueError(str(value))
        if self.choices and any(one not in self.choices for one in (value if isinstance(value, list) else [value])):
            raise ValueError(str(value))
        if self.check:
            self.check(value)
        return value

    def hold(self, value: Any) -> Any:
        """A stored value as it holds: one from before a bound was drawn holds up to the bound."""
        try:
            return self.read(value)
        except ValueError:
            return self._within_bounds(value)

    def _within_bounds(self, value: Any) -> Any:
        if self.type is list and isinstance(value, list):
            return [one for one in value if one in self.choices]
        if self.type is int and isinstance(value, int | float) and not isinstance(value, bool):
            above = int(value) if self.least is None else max(int(value), self.least)
            return above if self.most is None else min(above, self.most)
        return self.default


LONGEST_STUDENT_NO = 15
STUDENT_NO_FIELDS = {"year": 4, "yy": 2, "season": 1, "path": 1, "form": 1, "center": 0, "major": 6}
"""Fields of the pattern and their widths; 0: the pattern must say it."""


def student_no_pattern(text: str) -> NumberPattern:
    """Raises ValueError for a pattern that could not make unique numbers of at most 15 characters (docs/rules.md §2.3)."""
    return NumberPattern.read(text, STUDENT_NO_FIELDS, most=LONGEST_STUDENT_NO)


def batch_or_none(text: str) -> dt.date | None:
    """The first day of `2025-autumn`; none for an empty text. Raises ValueError on anything else."""
    return first_day(text) if text else None


def _batch(label: Promise, default: str, source: Promise) -> Rule:
    return Rule(
        label, str, default, source, hint=_("A batch, such as 2025-autumn; empty: no limit."), check=batch_or_none
    )


DAYS, MONTHS, YEARS, ROWS, AN_HOUR = _("days"), _("months"), _("years"), _("rows"), _("an hour")

CHOSEN = _("Chosen by ceportal; no regulation says it.")
USUAL = _("Usual in the rules of universities; yours may differ.")
NOTICES = _("Published notices of universities.")
REFORM = _("Reform of degree continuing education, 教职成〔2022〕2号.")
REGISTRY = _("The national registry of student records.")
PHOTOS = _("The registry's rules for photos.")
PRIVACY = _("Personal Information Protection Law.")
"""What the shipped values rest on; the research behind each stands as a comment."""


LISTED_AT_LEAST = 200
"""Two full pages: so many records nobody can be denied, and up to there no page asks for the rule."""


def _hourly(name: str, label: Promise, default: int, *, least: int = 1) -> dict[str, Rule]:
    """How much of persons one user is shown within an hour (docs/rules.md §8, `people.services.limits`)."""
    return {name: Rule(label, int, default, PRIVACY, AN_HOUR, least=least, most=MOST[name], guards=True)}


CHANGES = {
    "suspend": _("suspension"),
    "resume": _("resumption"),
    "change_major": _("change of major"),
    "change_center": _("change of learning centre"),
    "change_form": _("change of study form"),
    "repeat_year": _("repeating a year"),
    "graduate": _("graduation"),
    "complete": _("completion"),
    "incomplete": _("leaving with a record of incomplete study"),
    "withdraw": _("withdrawal"),
    "expel": _("expulsion"),
    "transfer_out": _("transfer out"),
    "deceased": _("death"),
    "cancel": _("cancellation of registration"),
    "reinstate": _("reinstatement"),
    "correct": _("correction"),
    "reverse": _("taking a document back"),
}
"""What can be asked for, as `enrollment` names it."""

FACTS = {
    "name": pgettext_lazy("person", "name"),
    "latin_name": _("Latin name"),
    "sex": _("sex"),
    "birth_date": _("birth date"),
    "nationality": _("nationality"),
    "ethnicity": _("ethnicity"),
    "political_status": _("political status"),
    "id_no": _("number of the identity document"),
    "entry_date": _("entry date"),
    "major": _("major"),
    "level_path": _("level path"),
    "study_form": _("study form"),
    "length": _("length"),
    "candidate_no": _("candidate number"),
    "prior_certificate_no": _("number of the prior certificate"),
}
"""What can be corrected, as `enrollment` names it."""

RULES: dict[str, Rule] = {
    # docs/rules.md §2.3 [S8]
    "late_arrival_days": Rule(_("Late arrival: the place lapses after"), int, 14, USUAL, DAYS, least=0, most=366),
    "late_leave_days": Rule(_("Leave to arrive late reaches at most"), int, 60, CHOSEN, DAYS, least=0, most=366),
    # docs/rules.md §2.3 [S8]
    "place_kept_years": Rule(_("A place is kept for"), int, 1, USUAL, YEARS, least=0, most=5),
    # docs/rules.md §2.3 [S8]
    "entitlement_check_months": Rule(_("Entitlement is checked again within"), int, 3, USUAL, MONTHS, least=1, most=24),
    # docs/rules.md §2.1 [S3, S4]
    "first_batch_part_time": _batch(_("Part time (非脱产) admits from"), "2025-autumn", REFORM),
    # docs/rules.md §2.1
    "last_batch_part_time": _batch(_("Part time (非脱产) admits until"), "", CHOSEN),
    # docs/rules.md §2.1 [S4]
    "last_batch_correspondence": _batch(_("Correspondence (函授) admits until"), "2025-spring", REFORM),
    # docs/rules.md §2.1 [S4]
    "last_batch_spare_time": _batch(_("Spare time (业余) admits until"), "2025-spring", REFORM),
    # docs/rules.md §2.1 [S10]
    "last_batch_online": _batch(_("Online (网络教育) admits until"), "2022-spring", NOTICES),
    # docs/rules.md §2.1 [G]
    "last_batch_full_time": _batch(_("Full time (脱产) admits until"), "", CHOSEN),
    # docs/rules.md §2.3 [S13, G]
    "student_no_pattern": Rule(
        _("Pattern of student numbers"),
        str,
        "{year}{season}{path}{center:03}{serial:04}",
        USUAL,
        check=student_no_pattern,
    ),
    # docs/rules.md §2.7 [S13]
    "candidate_no_required": Rule(
        _("An application needs the candidate number of the entrance examination"), bool, True, REGISTRY
    ),
    # docs/rules.md §2.3 [S4, S25]
    "prior_diploma_verified": Rule(
        _("A junior-college graduate's diploma must be verified before acceptance"),
        bool,
        True,
        REFORM,
    ),
    # docs/rules.md §2.4 [G]
    "concurrent_enrolment_allowed": Rule(
        _("A person may hold two different degree enrolments at once"), bool, False, CHOSEN
    ),
    # docs/rules.md §2.4 [S8]
    "suspension_months": Rule(_("A suspension lasts at most"), int, 12, USUAL, MONTHS, least=1, most=60),
    # docs/rules.md §2.4 [G]
    "late_resumption_allowed": Rule(_("A return after the longest suspension is still possible"), bool, True, CHOSEN),
    # docs/rules.md §2.4 [G]
    "suspension_counts_to_maximum": Rule(_("Suspended time counts towards the maximum length"), bool, True, CHOSEN),
    # docs/rules.md §2.2 [S9]
    "over_max_notice_days": Rule(
        _("Public notice before withdrawal over the maximum length"),
        int,
        27,
        NOTICES,
        DAYS,
        least=0,
        most=366,
    ),
    # docs/rules.md §2.7 [S12]
    "yearly_registration_days": Rule(
        _("Yearly registration is due after the first of September within"),
        int,
        30,
        USUAL,
        DAYS,
        least=0,
        most=366,
    ),
    # docs/rules.md §2.2 [G]
    "early_conferral_tolerance_days": Rule(
        _("Conferral before the end of the least length by at most"),
        int,
        62,
        CHOSEN,
        DAYS,
        least=0,
        most=366,
    ),
    # docs/rules.md §2.5 [G]
    "incomplete_after_months": Rule(
        _("A record of incomplete study needs at least"), int, 12, CHOSEN, MONTHS, least=0, most=60
    ),
    # docs/rules.md §2.4
    "retake_years": Rule(_("Completion can become graduation within"), int, 2, CHOSEN, YEARS, least=0, most=20),
    # docs/rules.md §2.4 [S8]
    "change_major_same_school": Rule(_("Major changes only within the school"), bool, True, USUAL),
    # docs/rules.md §2.4 [S8]
    "change_major_same_discipline": Rule(_("Major changes only within the discipline group"), bool, True, USUAL),
    # docs/rules.md §3 [S22]
    "discipline_digits": Rule(
        _("Digits of the major code that make the discipline group"), int, 2, REGISTRY, least=2, most=4
    ),
    # docs/rules.md §2.4 [S8]: lower year
    "change_major_years": Rule(_("Major changes only in the first"), int, 1, USUAL, YEARS, least=0, most=10),
    # docs/rules.md §2.4 [S7]
    "transfer_months": Rule(
        _("Transfers between institutions only in these months"),
        list,
        ["3", "10"],
        USUAL,
        choices={str(month): str(month) for month in range(1, 13)},
    ),
    # docs/rules.md §2.4 [S7]
    "transfers_at_most": Rule(_("Transfers between institutions at most"), int, 1, USUAL, least=0, most=9),
    # docs/rules.md §2.4 [S7]
    "transfer_same_major": Rule(
        _("Transfers in only to the same major; otherwise within the discipline group"), bool, True, USUAL
    ),
    # docs/rules.md §2.4 [S7]
    "transfer_not_in_first_term": Rule(_("No transfer in the first term"), bool, True, USUAL),
    # docs/rules.md §2.4 [S7]
    "transfer_not_in_final_year": Rule(_("No transfer in the final year"), bool, True, USUAL),
    # docs/rules.md §2.4 [G]
    "change_ahead_months": Rule(_("Changes are decided ahead by at most"), int, 12, CHOSEN, MONTHS, least=0, most=60),
    # docs/rules.md §2.4
    "change_needs_evidence": Rule(
        _("Changes that need evidence on file"),
        list,
        ["suspend", "withdraw", "deceased", "transfer_out", "change_major", "correct"],
        CHOSEN,
        choices=CHANGES,
    ),
    # docs/rules.md §8: four eyes for status change
    "change_without_second_person": Rule(
        _("Changes that need no second person"),
        list,
        [],
        CHOSEN,
        choices={kind: CHANGES[kind] for kind in LIGHT_CHANGES},
        guards=True,
    ),
    # docs/rules.md §2.4 [S14]
    "correction_needs_province": Rule(
        _("Facts whose correction needs the province's approval"),
        list,
        ["name", "sex", "birth_date", "id_no", "major", "level_path", "study_form", "length"],
        REGISTRY,
        choices=FACTS,
        guards=True,
    ),
    # docs/rules.md §8, PIPL art. 51–57
    "export_rows_alone": Rule(
        _("Exports of persons need a second person above"),
        int,
        500,
        PRIVACY,
        ROWS,
        least=0,
        most=MOST["export_rows_alone"],
        guards=True,
    ),
    **_hourly("number_searches_per_hour", _("Searches by identity number, for each user at most"), 60),
    **_hourly("number_checks_per_hour", _("Identity numbers checked while typing, for each user at most"), 240),
    **_hourly("reveals_per_hour", _("Numbers and reasons shown in clear, for each user at most"), 30),
    **_hourly(
        "listed_per_hour",
        _("Records of persons shown in lists, for each user at most"),
        3000,
        least=LISTED_AT_LEAST,
    ),
    **_hourly("printed_per_hour", _("Persons on printed pages, for each user at most"), 500),
    **_hourly("papers_per_hour", _("Documents of persons opened, for each user at most"), 400),
    "statistics_per_hour": Rule(
        _("Statistics asked for, by each user at most"), int, 30, CHOSEN, AN_HOUR, least=1, most=300
    ),
    "statistics_at_once": Rule(
        _("Statistics under way at once, for each user at most"), int, 2, CHOSEN, least=1, most=10
    ),
    # docs/rules.md §8, PIPL art. 19
    "identity_scans_kept_months": Rule(
        _("Scans of identity documents are erased after"),
        int,
        6,
        PRIVACY,
        MONTHS,
        least=1,
        most=MOST["identity_scans_kept_months"],
        guards=True,
    ),
    # docs/rules.md §2.7 [S17]
    "photo_least_width": Rule(_("Photo: least width"), int, 240, PHOTOS, _("pixels"), least=1),
    # docs/rules.md §2.7 [S17]
    "photo_least_height": Rule(_("Photo: least height"), int, 320, PHOTOS, _("pixels"), least=1),
    # what a phone sends over a slow line within a minute
    "attachment_most_kilobytes": Rule(_("Attachments: at most"), int, 4096, CHOSEN, "kB", least=10, most=20480),
}


@dataclass(frozen=True)
class Rulebook:
    """All that an institution has set, loaded once for many questions."""

    settings: dict[str, list[RuleSetting]]

    @classmethod
    def of(cls, institution: Any, *names: str) -> "Rulebook":
        """Only the named rules if names are given."""
        found: dict[str, list[RuleSetting]] = {}
        known = RuleSetting.objects.current().filter(institution=institution)
        for one in known.filter(name__in=names) if names else known:
            found.setdefault(one.name, []).append(one)
        return cls(found)

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
    known: dict[str, list[RuleSetting]] = {}
    for one in RuleSetting.objects.current().filter(institution=institution).select_related("school"):
        known.setdefault(one.name, []).append(one)
    for name, shipped in RULES.items():
        yield name, shipped, known.get(name, [])
