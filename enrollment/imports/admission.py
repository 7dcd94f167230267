"""May students be admitted here to this? The rules of samples README §6.2, for plans and for new students."""

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
from learning_centers.study_forms import admits

READ = ("center_code", "major_code", "major_name", "level_path", "study_form")
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
        known = catalogues({center.institution_id for center in found})
        return cls(centers, ambiguous, known, {center.pk: center.code for center in found})

    def center(self, code: str) -> Target | None:
        """Raises AmbiguousKey where two institutions have a centre of this code."""
        if code in self.ambiguous:
            raise AmbiguousKey("center_code")
        return self.centers.get(code)

    def judge(self, row: Row, day: date | None, batch: str | None) -> None:
        """Rules b–d for one row; gives it the institution of its centre. Rows that ask the same get the same answer."""
        if not row.sound("center_code"):
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
            return None, [("center_code", "center_unknown")]
        remarks = []
        if day and (code := target.intake.refusal(day)):
            remarks.append(("center_code", code))
        if row.sound("major_code"):
            remarks += self._about_major(row, target, day, batch)
        return target.institution_id, remarks

    def _about_major(self, row: Row, target: Target, day: date | None, batch: str | None) -> Iterator[tuple[str, str]]:
        catalogue, code = self.catalogues[target.institution_id], row["major_code"]
        if code not in catalogue.offered_codes:
            yield "major_code", "major_unknown"
            return
        if row.sound("major_name") and row["major_name"] != catalogue.names[code]:
            yield "major_name", "major_name_mismatch"
        if not target.intake.is_open_for(code, day or date.max):
            yield "major_code", "major_not_open_at_center"
        if batch and row.sound("level_path", "study_form") and admits(row["study_form"], batch):
            course = Course(code, row["level_path"], row["study_form"])
            if catalogue.open_version(course, first_day(batch)) is None:
                yield "major_code", "offering_not_found"

    def version(self, row: Row, batch: str, years: Decimal | None = None) -> int | None:
        asked = (row.institution_id, row["major_code"], row["level_path"], row["study_form"], batch, years)
        if asked not in self.versions:
            catalogue = self.catalogues[row.institution_id or 0]
            self.versions[asked] = catalogue.open_version(Course(*asked[1:4]), first_day(batch), years)
        return self.versions[asked]
