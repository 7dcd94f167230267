"""Storing rows of `admission_plan`: places of a centre offering in a batch."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from common.batches import first_day
from enrollment.admission.models.places import AdmissionPlace, EntryBatch, ProvincialPlan
from enrollment.admission.services.planning import (
    PlanKey,
    Revision,
    places_by_plan,
    plan_keys,
    require_within_plans,
    revise_places,
)
from enrollment.records.imports.admission import Admission
from enrollment.records.models.students import StudentEntry
from enrollment.records.services.entering import entry_batches
from exchange.importing import Footprint, Row, Store, differing
from exchange.importing.rows import CREATED, UPDATED
from learning_centers.models import CenterOffering
from learning_centers.services import offer_at_centers

PlaceKey = tuple[str, int, str, str, str]
OFFERED = (
    "center_id",
    "programme_version__programme__major__code",
    "programme_version__programme__level_path",
    "programme_version__study_form",
)
ENTRY = (
    "batch__code",
    "center_id",
    "programme_version__programme__major__code",
    "programme_version__programme__level_path",
    "programme_version__study_form",
)


def places(batches: Iterable[str], centers: Iterable[int]) -> dict[PlaceKey, AdmissionPlace]:
    """Known places by batch, centre, major, level path and form.

    In steps, since the planner has seen little of tables that this very import fills: with all six of them in one query it
    may multiply everything by everything.
    """
    codes = dict(EntryBatch.objects.filter(code__in=batches).values_list("pk", "code"))
    offerings = CenterOffering.objects.filter(center__in=centers).values_list("pk", *OFFERED)
    offered = {pk: offering for pk, *offering in offerings}
    known = AdmissionPlace.objects.current().filter(batch__in=codes, center_offering__in=offered)
    return {(codes[place.batch_id], *offered[place.center_offering_id]): place for place in known}


class PlanStore(Store):
    reports = frozenset({"center_code", "major_code", "major_name", "study_form", "quota"})

    def __init__(self, desk: Any) -> None:
        super().__init__(desk)
        self.admission = Admission.load(desk)
        self.taken: Counter[PlaceKey] = Counter()
        self.promised: Counter[PlanKey] = Counter()

    def plan(self, rows: Sequence[Row]) -> None:
        for row in rows:
            batch = row["batch"] if row.sound("batch") else None
            self.admission.judge(row, first_day(batch) if batch else None, batch)
        good = [row for row in rows if not row.rejected]
        known = places({row["batch"] for row in good}, {self._center(row) for row in good})
        self.taken = self._taken(good)
        for row in good:
            self._judge_quota(row, known.get(self._key(row)))
        self._judge_plans([row for row in good if not row.rejected])

    def _judge_quota(self, row: Row, stored: AdmissionPlace | None) -> None:
        if stored is None:
            row.outcome = CREATED
            if row["quota"] < self.taken[self._key(row)]:
                row.say("quota", "quota_exceeded")
            return
        row.work = stored
        row.changes = differing(row, {"quota": stored.quota, "remark": stored.remark}, ("remark",))
        if row["quota"] != stored.quota:
            row.changes.insert(0, "quota")
        if row["quota"] < stored.taken:
            row.say("quota", "quota_exceeded")
        elif row.changes:
            row.outcome = UPDATED

    def _judge_plans(self, rows: Sequence[Row]) -> None:
        """No province gets more places than its plan has, row by row in file order (docs/rules.md §2.3)."""
        known = ProvincialPlan.objects.current().filter(batch__code__in={row["batch"] for row in rows})
        plans = list(known.select_related("batch"))
        if not plans:
            return
        limits = {PlanKey.of_plan(plan): plan.quota for plan in plans}
        batches = {(plan.institution_id, plan.batch.code): plan.batch_id for plan in plans}
        given = places_by_plan(batches.values())
        for row in rows:
            key = self._plan_key(row, batches)
            if key not in limits:
                continue
            more = row["quota"] - (row.work.quota if row.work else 0)
            if more > 0 and given[key] + self.promised[key] + more > limits[key]:
                row.say("quota", "plan_exceeded")
            else:
                self.promised[key] += more

    def _plan_key(self, row: Row, batches: dict[tuple[int, str], int]) -> PlanKey | None:
        institution, target = row.institution_id or 0, self.admission.centers[row["center_code"]]
        batch = batches.get((institution, row["batch"]))
        major = self.admission.catalogues[institution].major_ids.get(row["major_code"])
        if batch is None or major is None:
            return None
        return PlanKey(
            batch, target.intake.province(first_day(row["batch"])), major, row["level_path"], row["study_form"]
        )

    def _center(self, row: Row) -> int:
        return self.admission.centers[row["center_code"]].center_id

    def _key(self, row: Row) -> PlaceKey:
        return row["batch"], self._center(row), row["major_code"], row["level_path"], row["study_form"]

    def write(self, rows: Sequence[Row], entry: Any, institution: Any) -> None:
        new = [row for row in rows if row.outcome == CREATED]
        batches = entry_batches(institution, {row["batch"] for row in new})
        pairs = {row.number: (self._center(row), self.admission.version(row, row["batch"]) or 0) for row in new}
        offerings = offer_at_centers(institution, pairs.values(), entry=entry)
        made = [
            AdmissionPlace(
                institution=institution,
                batch_id=batches[row["batch"]],
                center_offering_id=offerings[pairs[row.number]],
                quota=row["quota"],
                taken=self.taken[self._key(row)],
                remark=row["remark"] or "",
                recorded_in_id=entry.id,
                source_row=row.number,
            )
            for row in new
        ]
        AdmissionPlace.objects.bulk_create(made, batch_size=2000)
        revised = [row for row in rows if row.outcome == UPDATED]
        revise_places(
            [Revision(row.work.pk, row["quota"], row["remark"] or "", row.number) for row in revised], entry=entry
        )

    def _taken(self, rows: Sequence[Row]) -> Counter[PlaceKey]:
        """Students who stand on these places already, since they came before the plan."""
        entries = StudentEntry.objects.current().filter(
            batch__code__in={row["batch"] for row in rows}, center__in={self._center(row) for row in rows}
        )
        return Counter(entries.values_list(*ENTRY))

    @classmethod
    def blocking(cls, footprint: Footprint) -> Iterable[tuple[str, int, str]]:
        """Places that students have taken, and quotas that would fall below what is taken."""
        replaced = footprint.replaced(AdmissionPlace)
        quotas = {(one.batch_id, one.center_offering_id): one.quota for one in replaced}
        for place in footprint.standing(AdmissionPlace):
            if place.taken > quotas.get((place.batch_id, place.center_offering_id), 0):
                yield place._meta.label_lower, place.pk, _("places are taken")

    @classmethod
    def undone(cls, made: Sequence[int], entry: Any, institution: Any) -> None:
        """Quotas that were restored keep the places that were taken meanwhile."""
        gone = AdmissionPlace.objects.filter(superseded_in=entry.id)
        taken = {(one.batch_id, one.center_offering_id): one.taken for one in gone}
        restored = AdmissionPlace.objects.filter(recorded_in=entry.id)
        for place in restored:
            AdmissionPlace.objects.filter(pk=place.pk).update(taken=taken[place.batch_id, place.center_offering_id])
        require_within_plans(plan_keys(restored))
