"""May students be admitted here to this? The rules of docs/files.md §6.2, for plans and for new students."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from common.batches import first_day
from exchange.importing import AmbiguousKey, Desk, Row
from learning_centers.catalogue import Catalogue, Course, catalogues
from learning_centers.intake import CenterIntake, center_intakes
from learning_centers.models import LearningCenter
from learning_centers.rules import Rulebook
from learning_centers.study_forms import AS_SHIPPED, STUDY_FORM_RULES, admits

READ = ("center_code", "major_code", "major_name", "level_path", "study_form")
NO_SUCH_FORM = ("study_form", "study_form_not_valid_for_batch")
Verdict = tuple[int | None, list[tuple[str, str]]]


class Target(NamedTuple):
    """A centre as rules see it."""

    center_id: int
    institution_id: int
    intake: CenterIntake
    province_code: str = ""


@dataclass
class Admission:
    """The reachable centres and what their institutions offer; loaded once a pass, before the rows."""

    centers: dict[str, Target]
    ambiguous: set[str]
    catalogues: dict[int, Catalogue]
    codes: dict[int, str]
    books: dict[int, Rulebook]
    verdicts: dict[tuple[Any, ...], Verdict] = field(default_factory=dict)
    versions: dict[tuple[Any, ...], int | None] = field(default_factory=dict)

    @classmethod
    def load(cls, desk: Desk) -> "Admission":
        found = list(desk.reachable(LearningCenter.objects.current()))
        intakes = center_intakes(found)
        centers: dict[str, Target] = {}
        ambiguous = set()
        for center in found:
            if center.code in centers:
                ambiguous.add(center.code)
            centers[center.code] = Target(center.pk, center.institution_id, intakes[center.pk], center.province_code)
        institutions = {center.institution_id for center in found}
        books = {one: Rulebook.of(one, *STUDY_FORM_RULES) for one in institutions}
        return cls(centers, ambiguous, catalogues(institutions), {one.pk: one.code for one in found}, books)

    def center(self, code: str) -> Target | None:
        """Raises AmbiguousKey where two institutions have a centre of this code."""
        if code in self.ambiguous:
            raise AmbiguousKey("center_code")
        return self.centers.get(code)

    def judge(self, row: Row, day: date | None, batch: str | None) -> None:
        """Rules b–d for one row; gives it the institution of its centre. Rows that ask the same get the same answer."""
        if not row.sound("center_code"):
            for column, code in self._nowhere(row, batch):
                row.say(column, code)
            return
        values = row.values
        asked = (day, batch, *(values[name] for name in READ))
        verdict = self.verdicts.get(asked)
        if verdict is None:
            verdict = self.verdicts[asked] = self._verdict(row, day, batch)
        row.institution_id, remarks = verdict
        for column, code in remarks:
            row.say(column, code)

    def _verdict(self, row: Row, day: date | None, batch: str | None) -> Verdict:
        target = self.center(row["center_code"])
        if target is None:
            return None, [("center_code", "center_unknown"), *self._nowhere(row, batch)]
        remarks = []
        if batch and row.sound("study_form") and not self.admits(row, target, batch):
            remarks.append(NO_SUCH_FORM)
        if day and (code := target.intake.refusal(day)):
            remarks.append(("center_code", code))
        if row.sound("major_code"):
            remarks += self._about_major(row, target, day, batch)
        return target.institution_id, remarks

    def _nowhere(self, row: Row, batch: str | None) -> list[tuple[str, str]]:
        """What can be said of the form where the centre is not known: the rules as they are shipped."""
        if batch is None or not row.sound("study_form") or admits(row["study_form"], batch, AS_SHIPPED):
            return []
        return [NO_SUCH_FORM]

    def admits(self, row: Row, target: Target, batch: str) -> bool:
        """Whether the row's study form admits there to the batch."""
        course = Course(*(row[name] if row.sound(name) else "" for name in Course._fields))
        place = {
            "school_id": self.catalogues[target.institution_id].schools.get(course),
            "province_code": target.province_code,
            "level_path": course.level_path,
        }
        return admits(course.study_form, batch, self.books[target.institution_id], **place)

    def _about_major(self, row: Row, target: Target, day: date | None, batch: str | None) -> Iterator[tuple[str, str]]:
        catalogue, code = self.catalogues[target.institution_id], row["major_code"]
        if code not in catalogue.offered_codes:
            yield "major_code", "major_unknown"
            return
        if row.sound("major_name") and row["major_name"] != catalogue.names[code]:
            yield "major_name", "major_name_mismatch"
        if not target.intake.is_open_for(code, day or date.max):
            yield "major_code", "major_not_open_at_center"
        if batch and row.sound("level_path", "study_form") and self.admits(row, target, batch):
            course = Course(code, row["level_path"], row["study_form"])
            if catalogue.open_version(course, first_day(batch)) is None:
                yield "major_code", "offering_not_found"

    def version(self, row: Row, batch: str, years: Decimal | None = None) -> int | None:
        asked = (row.institution_id, row["major_code"], row["level_path"], row["study_form"], batch, years)
        if asked not in self.versions:
            catalogue = self.catalogues[row.institution_id or 0]
            self.versions[asked] = catalogue.open_version(Course(*asked[1:4]), first_day(batch), years)
        return self.versions[asked]
