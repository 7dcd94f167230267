"""May students be admitted here to this? The rules of samples README §6.2, for plans and for new students."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from common.batches import first_day
from exchange.importing import AmbiguousKey, Desk, Row
from learning_centers.catalogue import Catalogue, Course, catalogues
from learning_centers.intake import CenterIntake, center_intakes
from learning_centers.models import LearningCenter
from learning_centers.study_forms import admits


class Target(NamedTuple):
    """A centre as rules see it."""

    center_id: int
    institution_id: int
    intake: CenterIntake


@dataclass
class Admission:
    """The reachable centres and what their institutions offer; loaded once a pass, before the rows."""

    centers: dict[str, Target]
    ambiguous: set[str]
    catalogues: dict[int, Catalogue]
    codes: dict[int, str]

    @classmethod
    def load(cls, desk: Desk) -> "Admission":
        found = list(desk.reachable(LearningCenter.objects.current()))
        intakes = center_intakes(found)
        centers: dict[str, Target] = {}
        ambiguous = set()
        for center in found:
            if center.code in centers:
                ambiguous.add(center.code)
            centers[center.code] = Target(center.pk, center.institution_id, intakes[center.pk])
        known = catalogues({center.institution_id for center in found})
        return cls(centers, ambiguous, known, {center.pk: center.code for center in found})

    def center(self, code: str) -> Target | None:
        """Raises AmbiguousKey where two institutions have a centre of this code."""
        if code in self.ambiguous:
            raise AmbiguousKey("center_code")
        return self.centers.get(code)

    def judge(self, row: Row, day: date | None, batch: str | None) -> Target | None:
        """Rules b–d for one row; returns its centre if it is known."""
        if not row.sound("center_code"):
            return None
        target = self.center(row["center_code"])
        if target is None:
            row.say("center_code", "center_unknown")
            return None
        row.institution_id = target.institution_id
        if day and (code := target.intake.refusal(day)):
            row.say("center_code", code)
        if row.sound("major_code"):
            self._judge_major(row, target, day, batch)
        return target

    def _judge_major(self, row: Row, target: Target, day: date | None, batch: str | None) -> None:
        catalogue, code = self.catalogues[target.institution_id], row["major_code"]
        if code not in catalogue.offered_codes:
            row.say("major_code", "major_unknown")
            return
        if row.sound("major_name") and row["major_name"] != catalogue.names[code]:
            row.say("major_name", "major_name_mismatch")
        if not target.intake.is_open_for(code, day or date.max):
            row.say("major_code", "major_not_open_at_center")
        if batch and row.sound("level_path", "study_form") and admits(row["study_form"], batch):
            course = Course(code, row["level_path"], row["study_form"])
            if catalogue.open_version(course, first_day(batch)) is None:
                row.say("major_code", "offering_not_found")

    def version(self, row: Row, batch: str, years: Decimal | None = None) -> int | None:
        course = Course(row["major_code"], row["level_path"], row["study_form"])
        return self.catalogues[row.institution_id or 0].open_version(course, first_day(batch), years)
