"""What the regulations ask of a change beyond a coherent life (docs/rules.md §§2.2, 2.4, 2.5): limits are rules that staff set
(`learning_centers.rules`), each refusal has its own code and sentence. Files bring what an authority has decided: they are not
refused for it (`page_refusals` tells of it)."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.dates import plus_months, today
from common.errors import DomainError
from enrollment.admission.services.enrolled import one_person, transfers_of
from enrollment.duties.models.duties import WatchItem
from enrollment.records.life import Life, Period
from enrollment.records.models.changes import ChangeKind as Kind
from enrollment.records.models.students import PeriodState, Student, StudentPeriod, StudentState
from enrollment.records.services.grounds import Grounds
from learning_centers.models import ProgrammeVersion

SENTENCES: dict[str, Promise] = {
    "too_far_ahead": _("This lies further ahead than changes are decided."),
    "not_happened_yet": _("A death is not dated ahead."),
    "reason_needed": _("Give the reason for this change."),
    "notice_not_over": _("Nobody is withdrawn over the maximum length before the public notice is over."),
    "not_suspended_too_long": _("The longest suspension is not over on that day."),
    "other_school": _("The new major belongs to another school."),
    "other_discipline": _("The new major belongs to another discipline group."),
    "major_change_too_late": _("The time in which a major can be changed is over."),
    "suspension_over": _("The longest suspension was over before that day."),
    "not_in_transfer_month": _("Transfers to other institutions are made in other months."),
    "transfer_in_first_term": _("A transfer is not possible in the first term."),
    "transfer_in_final_year": _("A transfer is not possible in the final year."),
    "transferred_before": _("This person has been transferred before."),
    "too_early_to_finish": _("The least length of study is not over on that day."),
    "retake_time_over": _("The time in which completion can become graduation is over."),
    "too_early_for_a_record": _("Studied too short for a record of incomplete study."),
    "enrolled_elsewhere": _("This person has another enrolment that has not ended."),
}


@dataclass(frozen=True)
class Move:
    """A change of kind `kind` on `day`, between the life before it and the life with it."""

    student: Student
    kind: Kind
    day: dt.date
    before: Life
    grounds: Grounds
    reason: str = ""
    reason_code: str = ""
    new_version_id: int | None = None

    @cached_property
    def present(self) -> Period:
        """Where the change finds the student."""
        there = [one for one in self.before.periods if one.begin <= self.day]
        return there[-1] if there else self.before.periods[0]

    @cached_property
    def version(self) -> ProgrammeVersion:
        return self.grounds.version(self.present.programme_version_id)

    @cached_property
    def begin(self) -> dt.date:
        """The first day of the entry batch: terms are counted from there."""
        return self.grounds.batches[self.student.pk][1]

    def rule(self, name: str) -> Any:
        return self.grounds.rule(name, self.present, self.day)

    @property
    def suspended_since(self) -> dt.date:
        """A suspension that goes on at another centre is one."""
        begin = self.present.begin
        for one in reversed(self.before.periods[: self.present.position]):
            if one.state != PeriodState.SUSPENDED:
                break
            begin = one.begin
        return begin

    def suspended_days(self) -> int:
        pauses = [one for one in self.before.periods if one.state == PeriodState.SUSPENDED and one.begin < self.day]
        return sum((min(one.end or self.day, self.day) - one.begin).days for one in pauses)

    def term_end(self, years: Any) -> dt.date:
        """The first day after so many years, two terms each (docs/rules.md §2.2)."""
        return plus_months(self.begin, int(years * 12))


def check_guards(move: Move) -> None:
    """Raises DomainError with the code of the first guard that refuses."""
    for code in refusing(move):
        raise DomainError(SENTENCES[code], code=code)


def refusing(move: Move) -> Iterator[str]:
    """The code of each guard that refuses."""
    return (code for guard in [_ahead, *GUARDS.get(move.kind, [])] if (code := guard(move)))


def _ahead(move: Move) -> str | None:
    furthest = plus_months(today(move.grounds.institution), move.rule("change_ahead_months"))
    return "too_far_ahead" if move.day > furthest else None


def _has_happened(move: Move) -> str | None:
    return "not_happened_yet" if move.day > today(move.grounds.institution) else None


def _has_a_reason(move: Move) -> str | None:
    return None if move.reason or move.reason_code else "reason_needed"


def _reason_is_given(move: Move) -> str | None:
    """Whoever is withdrawn over the maximum length has stood in a public notice that still counts: neither set aside nor closed
    since. Whoever is withdrawn for a long suspension was suspended so long."""
    if move.reason_code == "over_max" and move.rule("over_max_notice_days"):
        notices = WatchItem.objects.filter(list=WatchItem.List.OVER_MAX, student=move.student, notice_end__lte=move.day)
        void = (WatchItem.State.SET_ASIDE, WatchItem.State.CLOSED)
        return None if notices.exclude(status__in=void).exists() else "notice_not_over"
    if move.reason_code == "suspended_too_long":
        suspended = move.present.state == PeriodState.SUSPENDED
        over = move.day > plus_months(move.suspended_since, move.rule("suspension_months"))
        return None if suspended and over else "not_suspended_too_long"
    return None


def _stays_near(move: Move) -> str | None:
    """Same school, same discipline group, lower year; path and form are kept by `changes.preview_change`."""
    wanted = move.grounds.version(move.new_version_id or 0)
    if move.rule("change_major_same_school") and wanted.programme.school_id != move.version.programme.school_id:
        return "other_school"
    digits = move.rule("discipline_digits")
    codes = [one.programme.major.code[:digits] for one in (move.version, wanted)]
    if move.rule("change_major_same_discipline") and codes[0] != codes[1]:
        return "other_discipline"
    return "major_change_too_late" if move.day >= move.term_end(move.rule("change_major_years")) else None


def _comes_back_in_time(move: Move) -> str | None:
    last = plus_months(move.suspended_since, move.rule("suspension_months"))
    return "suspension_over" if move.day > last and not move.rule("late_resumption_allowed") else None


def _may_be_transferred(move: Move) -> str | None:
    if str(move.day.month) not in move.rule("transfer_months"):
        return "not_in_transfer_month"
    if move.rule("transfer_not_in_first_term") and move.day < plus_months(move.begin, 6):
        return "transfer_in_first_term"
    final_year = plus_months(move.term_end(move.version.normal_years), -12)
    if move.rule("transfer_not_in_final_year") and move.day >= final_year:
        return "transfer_in_final_year"
    return (
        "transferred_before"
        if transfers_of(one_person(move.student.person_id)).total() >= move.rule("transfers_at_most")
        else None
    )


def _has_studied_long_enough(move: Move) -> str | None:
    """Time suspended is not studied; conferral inside the last term is normal (docs/rules.md §2.2)."""
    if move.before.state is StudentState.COMPLETED:
        return None
    least = move.term_end(move.version.min_years) + dt.timedelta(days=move.suspended_days())
    tolerance = dt.timedelta(days=move.rule("early_conferral_tolerance_days"))
    return "too_early_to_finish" if move.day < least - tolerance else None


def _retakes_in_time(move: Move) -> str | None:
    if move.before.state is not StudentState.COMPLETED:
        return None
    completed = move.before.last.end or move.day
    return "retake_time_over" if move.day > plus_months(completed, 12 * move.rule("retake_years")) else None


def _has_something_on_record(move: Move) -> str | None:
    least = plus_months(move.before.periods[0].begin, move.rule("incomplete_after_months"))
    return "too_early_for_a_record" if move.day < least else None


def _is_enrolled_nowhere_else(move: Move) -> str | None:
    return "enrolled_elsewhere" if is_enrolled_elsewhere(move.student, move.present, move.day, move.grounds) else None


def is_enrolled_elsewhere(student: Student, present: Period, day: dt.date, grounds: Grounds) -> bool:
    """Whether the person has another enrolment that has not ended by that day, and may not have two."""
    if grounds.rule("concurrent_enrolment_allowed", present, day):
        return False
    known = StudentPeriod.objects.current().filter(student__person__in=one_person(student.person_id))
    return known.exclude(student=student).filter(Q(end__isnull=True) | Q(end__gt=day)).exists()


def require_one_enrolment(student: Student, before: Life, after: Life, grounds: Grounds) -> None:
    """Raises DomainError `enrolled_elsewhere` where a life that had ended goes on again beside another enrolment."""
    ended = before.last.end
    if ended and after.last.end is None and is_enrolled_elsewhere(student, after.last, ended, grounds):
        raise DomainError(SENTENCES["enrolled_elsewhere"], code="enrolled_elsewhere")


Guard = Callable[[Move], str | None]

GUARDS: dict[Kind, list[Guard]] = {
    Kind.SUSPEND: [_has_a_reason],
    Kind.RESUME: [_comes_back_in_time],
    Kind.CHANGE_MAJOR: [_stays_near],
    Kind.GRADUATE: [_has_studied_long_enough, _retakes_in_time],
    Kind.COMPLETE: [_has_studied_long_enough],
    Kind.INCOMPLETE: [_has_something_on_record],
    Kind.WITHDRAW: [_has_a_reason, _reason_is_given],
    Kind.DECEASED: [_has_happened],
    Kind.EXPEL: [_has_a_reason],
    Kind.CANCEL: [_has_a_reason],
    Kind.TRANSFER_OUT: [_may_be_transferred],
    Kind.REINSTATE: [_has_a_reason, _is_enrolled_nowhere_else],
}
