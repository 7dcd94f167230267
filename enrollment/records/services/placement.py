"""May students be admitted there to that in this batch? The rules of docs/rules.md §§2.1, 2.3, 2.8 for everything that is not a
file: plans, applications, registration. Files ask `enrollment.records.imports.admission` with the same sources."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from enrollment.admission.models.places import EntryBatch
from learning_centers.intake import CenterIntake, center_intakes
from learning_centers.models import CenterOffering, Offering
from learning_centers.rules import Rulebook
from learning_centers.study_forms import STUDY_FORM_RULES, admits

OPEN_OFFERING = ("programme_version_id", "open_from", "open_to")


@dataclass
class Placement:
    """What centres and offerings admit to, loaded once for many questions."""

    book: Rulebook
    intakes: dict[int, CenterIntake]
    open: dict[int, list[tuple[dt.date, dt.date | None]]]

    @classmethod
    def load(cls, offerings: Iterable[CenterOffering]) -> "Placement":
        """`offerings` are of one institution and come with centre, programme version, programme and major joined."""
        found = list(offerings)
        known: dict[int, list[tuple[dt.date, dt.date | None]]] = {}
        rows = Offering.objects.current().filter(programme_version__in={one.programme_version_id for one in found})
        for version, begin, end in rows.values_list(*OPEN_OFFERING):
            known.setdefault(version, []).append((begin, end))
        book = Rulebook.of(found[0].institution_id, *STUDY_FORM_RULES)
        return cls(book, center_intakes({one.center for one in found}), known)

    def refusal(self, offering: CenterOffering, batch: EntryBatch, entered: dt.date | None = None) -> str | None:
        """The contract's code of the first rule that says no, or None. `entered` is the first day there, if it is another than
        the batch's: by a transfer."""
        version, day = offering.programme_version, entered or batch.starts_on
        intake = self.intakes[offering.center_id]
        programme = version.programme
        place = {"school_id": programme.school_id, "province_code": offering.center.province_code}
        if not admits(version.study_form, batch.code, self.book, level_path=programme.level_path, **place):
            return "study_form_not_valid_for_batch"
        if code := intake.refusal(day):
            return code
        if not intake.serves(day, None):
            return "center_stopped_intake"
        if not intake.is_open_for(programme.major.code, day):
            return "major_not_open_at_center"
        batches = self.open.get(version.pk, ())
        if not any(begin <= batch.starts_on and (end is None or batch.starts_on <= end) for begin, end in batches):
            return "offering_not_found"
        return None
