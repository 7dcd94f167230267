"""What a batch offers: places at centres, the plan of a province, the days on which its functions are open (docs/rules.md §2.3)."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from common.access import require
from common.errors import DomainError
from common.ledger import OpenRecording, recording
from common.tiles import province_name
from enrollment.admission.models.places import (
    AdmissionPlace,
    AdmissionPlaceQuerySet,
    BatchWindow,
    EntryBatch,
    ProvincialPlan,
)
from enrollment.admission.services.refusals import refuse
from enrollment.records.models.students import StudentEntry
from enrollment.records.services.entering import entry_batches, lock_places
from enrollment.records.services.placement import Placement
from learning_centers.models import CenterOffering, Institution, Major, School


@dataclass(frozen=True)
class PlanKey:
    """What a provincial plan and the places under it have in common."""

    batch_id: int
    province_code: str
    major_id: int
    level_path: str
    study_form: str

    @classmethod
    def of_plan(cls, plan: ProvincialPlan) -> "PlanKey":
        return cls(plan.batch_id, plan.province_code, plan.major_id, plan.level_path, plan.study_form)


VERSION = "center_offering__programme_version"
COLUMNS = ("batch_id", "province", f"{VERSION}__programme__major_id", f"{VERSION}__programme__level_path",
           f"{VERSION}__study_form")  # fmt: skip


def lock_batches(batches: QuerySet[EntryBatch]) -> None:
    """Of two who write places, plans or centres' provinces, the second one waits here and then sees what the first wrote."""
    list(batches.select_for_update(no_key=True).order_by("pk"))


def plan_keys(places: AdmissionPlaceQuerySet) -> set[PlanKey]:
    """The plans under which these places stand, if there are such plans. Locks their batches."""
    lock_batches(EntryBatch.objects.filter(pk__in=list(places.values_list("batch", flat=True))))
    return {PlanKey(*key) for key in places.with_province().order_by().values_list(*COLUMNS)}


def places_by_plan(batches: Iterable[int]) -> Counter[PlanKey]:
    """The places of these batches, added up as provincial plans count them."""
    given = AdmissionPlace.objects.current().filter(batch__in=list(batches)).with_province().values_list(*COLUMNS)
    return Counter({PlanKey(*key): total for *key, total in given.annotate(total=Sum("quota")).order_by()})


def require_within_plans(keys: Iterable[PlanKey]) -> None:
    """After places, plans or centres' provinces were written: refuse if a provincial plan is exceeded. Constraint triggers ask the
    same at the end of every transaction."""
    asked = set(keys)
    batches = {one.batch_id for one in asked}
    lock_batches(EntryBatch.objects.filter(pk__in=batches))
    quotas = {PlanKey.of_plan(plan): plan.quota for plan in ProvincialPlan.objects.current().filter(batch__in=batches)}
    given = places_by_plan(batches) if quotas else Counter()
    for key in sorted((key for key in asked if key in quotas and given[key] > quotas[key]), key=astuple):
        raise _exceeded(key, given[key], quotas[key])


def _exceeded(key: PlanKey, given: int, allowed: int) -> DomainError:
    said = {
        "batch": EntryBatch.objects.get(pk=key.batch_id), "province": province_name(key.province_code),
        "major": Major.objects.get(pk=key.major_id), "given": given, "allowed": allowed,
    }  # fmt: skip
    sentence = _(
        "%(batch)s, %(province)s, %(major)s: the centres would have %(given)s places, the plan has %(allowed)s."
    )
    return DomainError(sentence % said, code="plan_exceeded", province=key.province_code)


@transaction.atomic
def set_places(
    batch: EntryBatch, center_offering: CenterOffering, quota: int, *, remark: str = "", by: Any
) -> AdmissionPlace:
    """Set how many may be admitted there in the batch; who has a place keeps it. Right: `enrollment.set_places`.

    Raises DomainError `value_not_possible`, `quota_below_taken`, `plan_exceeded` (more than the provincial plan) or, for new
    places, the contract's code where nobody may be admitted (`enrollment.records.services.placement`).
    """
    require(by, "enrollment.set_places", center_offering)
    joined = CenterOffering.objects.select_related("center", "programme_version__programme__major")
    offering = joined.get(pk=center_offering.pk)
    if batch.institution_id != offering.institution_id or quota < 0:
        raise refuse("value_not_possible")
    same = {"batch": batch, "center_offering": offering}
    with recording(offering.institution, by=by, reason="enrollment.set_places") as entry:
        known = AdmissionPlace.objects.current().filter(**same).first()
        if known:
            (place,) = revise_places([Revision(known.pk, quota, remark)], entry=entry)
        else:
            if code := Placement.load([offering]).refusal(offering, batch):
                raise refuse(code)
            if quota < (taken := _entered(batch, offering)):
                raise refuse("quota_below_taken")
            place = AdmissionPlace.objects.create(
                institution=offering.institution,
                quota=quota,
                taken=taken,
                remark=remark,
                recorded_in_id=entry.id,
                **same,
            )
        require_within_plans(plan_keys(AdmissionPlace.objects.filter(pk=place.pk)))
        entry.note("enrollment.set_places", offering.center, batch=batch.code, quota=quota)
    return place


def _entered(batch: EntryBatch, offering: CenterOffering) -> int:
    """How many came before the places were set and stand on them already; the plan's file counts the same."""
    version = offering.programme_version
    entries = StudentEntry.objects.current().filter(batch=batch, center=offering.center_id)
    return entries.filter(
        programme_version__programme=version.programme_id, programme_version__study_form=version.study_form
    ).count()


@dataclass(frozen=True)
class Revision:
    """Another quota for a place; an empty remark leaves the known one."""

    place_id: int
    quota: int
    remark: str = ""
    source_row: int | None = None


def revise_places(revisions: Sequence[Revision], *, entry: OpenRecording) -> list[AdmissionPlace]:
    """Supersede places by ones with other quotas. Who takes places at the same time waits for the end of this transaction
    and goes on with the new row (`entering.lock_places`), so that nothing taken is lost.

    Raises DomainError `quota_below_taken`.
    """
    present = lock_places([one.place_id for one in revisions])
    for one in revisions:
        if one.quota < present[one.place_id].taken:
            raise refuse("quota_below_taken", place=one.place_id)
    AdmissionPlace.objects.filter(pk__in=[place.pk for place in present.values()]).supersede(entry.id)
    return AdmissionPlace.objects.bulk_create(
        [
            AdmissionPlace(
                institution_id=known.institution_id,
                batch_id=known.batch_id,
                center_offering_id=known.center_offering_id,
                quota=one.quota,
                taken=known.taken,
                remark=one.remark or known.remark,
                recorded_in_id=entry.id,
                source_row=one.source_row,
            )
            for one in revisions
            for known in [present[one.place_id]]
        ],
        batch_size=2000,
    )


@transaction.atomic
def set_provincial_plan(
    batch: EntryBatch,
    province_code: str,
    major: Major,
    level_path: str,
    study_form: str,
    quota: int,
    *,
    source: str = "",
    by: Any,
) -> ProvincialPlan:
    """Set how many the province lets the institution admit there. Right: `enrollment.set_provincial_plan`.

    Raises DomainError `value_not_possible`, `plan_exceeded` where its centres have more places already.
    """
    require(by, "enrollment.set_provincial_plan", batch)
    if batch.institution_id != major.institution_id or quota < 0:
        raise refuse("value_not_possible")
    key = PlanKey(batch.pk, province_code, major.pk, level_path, study_form)
    with recording(batch.institution, by=by, reason="enrollment.set_provincial_plan") as entry:
        ProvincialPlan.objects.filter(**vars(key)).supersede(entry.id)
        plan = ProvincialPlan.objects.create(
            institution=batch.institution, quota=quota, source=source, recorded_in_id=entry.id, **vars(key)
        )
        require_within_plans([key])
        entry.note("enrollment.set_provincial_plan", major, batch=batch.code, province=province_code, quota=quota)
    return plan


def open_batch(institution: Institution, code: str, *, by: Any) -> EntryBatch:
    """A batch (`2027-spring`) to plan for; files make those that they name by themselves. Right: `enrollment.open_batch`.

    Raises DomainError `batch_exists`.
    """
    require(by, "enrollment.open_batch", institution)
    with recording(institution, by=by, reason="enrollment.open_batch") as entry:
        if EntryBatch.objects.filter(institution=institution, code=code).exists():
            raise refuse("batch_exists")
        batch = EntryBatch.objects.get(pk=entry_batches(institution, [code])[code])
        entry.note("enrollment.open_batch", batch=code)
    return batch


@transaction.atomic
def set_window(
    batch: EntryBatch,
    function: str,
    begin: dt.date | None,
    end: dt.date | None,
    *,
    school: School | None = None,
    by: Any,
) -> BatchWindow:
    """Say on which days `[begin, end)` a function of the batch is open, for all or for one school. Right:
    `enrollment.set_window`. Raises DomainError `date_order`, `value_not_possible`."""
    require(by, "enrollment.set_window", batch)
    if function not in BatchWindow.Function or (school and school.institution_id != batch.institution_id):
        raise refuse("value_not_possible")
    if begin and end and end < begin:
        raise refuse("date_order")
    same = {"batch": batch, "function": function, "school": school}
    with recording(batch.institution, by=by, reason="enrollment.set_window") as entry:
        BatchWindow.objects.filter(**same).supersede(entry.id)
        window = BatchWindow.objects.create(
            institution=batch.institution, begin=begin, end=end, recorded_in_id=entry.id, **same
        )
        entry.note("enrollment.set_window", school, batch=batch.code, function=function)
    return window


@dataclass(frozen=True)
class Windows:
    """The windows of some batches, loaded once for many questions."""

    known: dict[tuple[int, str, int | None], BatchWindow]

    @classmethod
    def load(cls, batches: Iterable[int]) -> "Windows":
        rows = BatchWindow.objects.current().filter(batch__in=list(batches))
        return cls({(one.batch_id, one.function, one.school_id): one for one in rows})

    def window(self, batch_id: int, function: str, school_id: int | None) -> BatchWindow | None:
        """The school's own, or else the institution's; None where none is set."""
        return self.known.get((batch_id, function, school_id)) or self.known.get((batch_id, function, None))

    def is_open(self, batch_id: int, function: str, on: dt.date, school_id: int | None = None) -> bool:
        """A function without a window is open."""
        window = self.window(batch_id, function, school_id)
        if window is None:
            return True
        return (window.begin is None or window.begin <= on) and (window.end is None or on < window.end)


def require_open(batch: EntryBatch, function: str, on: dt.date, school: School | None = None) -> None:
    """Raises DomainError `window_closed`."""
    if not Windows.load([batch.pk]).is_open(batch.pk, function, on, school.pk if school else None):
        raise refuse("window_closed", function=str(function), batch=batch.code)
