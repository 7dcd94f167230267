"""What judging changes rests on, loaded once for one student or for many: lives, versions, centres, rules."""

import datetime as dt
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from enrollment.records.life import Change, Entry, Period
from enrollment.records.models.students import Student, StudentEntry
from enrollment.records.reasons import Reasons
from enrollment.records.services.lives import changes_of, entries_of
from learning_centers.intake import CenterIntake, center_intakes
from learning_centers.models import Institution, LearningCenter, ProgrammeVersion
from learning_centers.rules import Rulebook


class Grounds:
    """Good for one transaction, in which the students (of one institution) are locked."""

    def __init__(self, institution: Institution, students: Iterable[int]) -> None:
        self.institution, self.students = institution, list(students)
        self.entries: dict[int, Entry] = entries_of(self.students)
        self.changes: dict[int, list[Change]] = changes_of(self.students)
        self._versions: dict[int, ProgrammeVersion] = {}
        self._centers: dict[int, LearningCenter] = {}
        self._intakes: dict[int, CenterIntake] = {}

    @classmethod
    def of(cls, student: Student) -> "Grounds":
        return cls(student.institution, [student.pk])

    @cached_property
    def book(self) -> Rulebook:
        return Rulebook.of(self.institution)

    @cached_property
    def reasons(self) -> Reasons:
        return Reasons.of(self.institution)

    @cached_property
    def batches(self) -> dict[int, tuple[str, dt.date]]:
        """Code and first day of the entry batch, by student."""
        rows = StudentEntry.objects.current().filter(student__in=self.students)
        return {
            key: (code, begin) for key, code, begin in rows.values_list("student", "batch__code", "batch__starts_on")
        }

    def version(self, key: int) -> ProgrammeVersion:
        if key not in self._versions:
            self._versions[key] = ProgrammeVersion.objects.select_related("programme__major").get(pk=key)
        return self._versions[key]

    def center(self, key: int) -> LearningCenter:
        if key not in self._centers:
            self._centers[key] = LearningCenter.objects.get(pk=key)
        return self._centers[key]

    def intake(self, center: int) -> CenterIntake:
        if center not in self._intakes:
            self._intakes |= center_intakes([self.center(center)])
        return self._intakes[center]

    def rule(self, name: str, present: Period, on: dt.date) -> Any:
        """The rule as it holds where a student is: by school and path of what is studied, by the centre's province."""
        programme = self.version(present.programme_version_id).programme
        return self.book.rule(
            name,
            on=on,
            school_id=programme.school_id,
            province_code=self.center(present.center_id).province_code,
            level_path=programme.level_path,
        )
