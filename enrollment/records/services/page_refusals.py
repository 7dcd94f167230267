"""What a page would say to what a file brings: whether it would take two people, and the codes with which it would refuse.

A file may bring what an authority has decided (decision 55), so none of this keeps a row from being stored; it is told to the
second person. The guards are those of the pages.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from common.dates import today
from common.errors import DomainError
from enrollment.records.life import Change
from enrollment.records.models.changes import ChangeKind
from enrollment.records.models.students import Student
from enrollment.records.services import change_refusals, guards
from enrollment.records.services.changes import preview_change
from enrollment.records.services.corrections import preview_correction
from enrollment.records.services.entering import ChangeDraft
from enrollment.records.services.grounds import Grounds
from enrollment.records.services.lives import lives_of
from enrollment.records.services.terms import student_rules
from enrollment.requests.models.requests import CORRECT
from learning_centers.rules import rule

SENTENCES = change_refusals.SENTENCES | guards.SENTENCES
ALONE, EVIDENCE, PROVINCE = "change_without_second_person", "change_needs_evidence", "correction_needs_province"


class PageOfChanges:
    """Judges the changes of one file in the order of their days, each after those before it; all of one institution."""

    def __init__(self, grounds: Grounds) -> None:
        self.grounds = grounds
        self.lives = lives_of(grounds.students)

    def takes_two(self, student: int, kind: str) -> bool:
        return kind not in self.grounds.rule(ALONE, self.lives[student].last, today(self.grounds.institution))

    def refusals(self, student: Student, draft: ChangeDraft) -> Iterator[str]:
        """Codes of what would refuse the change; it counts for the changes that come after it."""
        others = [one for one in self.grounds.changes[student.pk] if one.effective_date != draft.effective_date]
        self.grounds.changes[student.pk] = others
        yield from self._judged(student, draft)
        if draft.kind in self.grounds.rule(EVIDENCE, self.lives[student.pk].last, today(self.grounds.institution)):
            yield "evidence_needed"
        if draft.kind == ChangeKind.CHANGE_CENTER:
            yield "consent_missing"
        self.grounds.changes[student.pk] = sorted([*others, draft.change], key=_day)

    def _judged(self, student: Student, draft: ChangeDraft) -> Iterator[str]:
        try:
            before, _after = preview_change(student, draft, grounds=self.grounds)
        except DomainError as refusal:
            yield refusal.code
        else:
            move = guards.Move(
                student, ChangeKind(draft.kind), draft.effective_date, before, self.grounds, draft.reason,
                new_version_id=draft.new_programme_version_id,
            )  # fmt: skip
            yield from guards.refusing(move)


def _day(change: Change) -> Any:
    return change.effective_date


def facts_without_second_person(student: Student | None, institution: Any) -> list[str]:
    """Which of correction and change of centre take one person only, for a student or for who is yet to become one."""
    on = today(institution)
    return student_rules(student, on, ALONE)(ALONE) if student else rule(ALONE, institution, on=on)


def correction_refusals(student: Student, corrections: Mapping[str, str]) -> Iterator[str]:
    """Codes of what a page would refuse of corrections, each by itself: (fact, new value as text)."""
    rules = student_rules(student, today(student.institution), EVIDENCE, PROVINCE)
    if CORRECT in rules(EVIDENCE):
        yield "evidence_needed"
    if set(corrections) & set(rules(PROVINCE)):
        yield "province_needed"
    for fact, value in corrections.items():
        try:
            preview_correction(student, fact, value)
        except DomainError as refusal:
            yield refusal.code
