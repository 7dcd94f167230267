"""What stands in the way of accepting applications: one judgement for the page, the preview, the bulk and the deed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from common.dates import today
from common.errors import DomainError
from enrollment.admission.checklist import Item, checklists
from enrollment.admission.models.applications import Application, ApplicationCheck
from enrollment.admission.models.places import AdmissionPlace, BatchWindow
from enrollment.admission.services.enrolled import Enrolled
from enrollment.admission.services.judging import lacks_prior_diploma
from enrollment.admission.services.places import places_for, seat_of
from enrollment.admission.services.planning import Windows
from enrollment.admission.services.refusals import refuse
from enrollment.admission.services.ruling import ruled
from enrollment.admission.services.transferring import Transfers
from enrollment.records.services.placement import Placement
from learning_centers.rules import Rulebook

GOOD = (ApplicationCheck.Result.GOOD, ApplicationCheck.Result.WAIVED)
RULES = ("prior_diploma_verified", "concurrent_enrolment_allowed")
Checks = tuple[tuple[Item, ApplicationCheck | None], ...]


@dataclass(frozen=True)
class Outlook:
    """`obstacles` keep the application from being accepted, the weightiest first; `free` counts the places left for it
    (None without a plan); `checks` pairs each item of the checklist with what was found."""

    obstacles: tuple[DomainError, ...]
    checks: Checks
    place: AdmissionPlace | None

    @property
    def free(self) -> int | None:
        return None if self.place is None else self.place.quota - self.place.taken

    @property
    def is_clear(self) -> bool:
        return not self.obstacles


def decision_outlook(application: Application) -> Outlook:
    """Also when no place is free. Decides nothing: the same is asked again, under locks, when somebody accepts."""
    outlook = outlooks([application])[application.pk]
    if outlook.is_clear and not outlook.free:
        return replace(outlook, obstacles=(refuse("quota_exceeded"),))
    return outlook


def outlooks(applications: Sequence[Application]) -> dict[int, Outlook]:
    """By key, for applications of one institution, in a fixed number of queries; whether their places suffice for all of
    them is left to the caller. The applications come as `steps.locked` gives them."""
    if not applications:
        return {}
    court = _Court(applications)
    return {one.pk: court.judge(one) for one in applications}


class _Court:
    def __init__(self, applications: Sequence[Application]) -> None:
        institution = applications[0].institution
        self.day = today(institution)
        self.placement = Placement.load({one.center_offering for one in applications})
        self.windows = Windows.load({one.batch_id for one in applications})
        self.places = places_for(applications)
        self.enrolled = Enrolled.load(institution.pk, applications)
        self.transfers = Transfers.load(applications, self.enrolled)
        self.rules = Rulebook.of(institution, *RULES)
        self.items = checklists(institution, {_path(one) for one in applications})
        self.found: dict[int, dict[str, ApplicationCheck]] = defaultdict(dict)
        for check in ApplicationCheck.objects.current().filter(application__in=applications):
            self.found[check.application_id][check.item] = check

    def judge(self, application: Application) -> Outlook:
        found = self.found[application.pk]
        checks = tuple((item, found.get(item.code)) for item in self.items[_path(application)])
        place = self.places.get(seat_of(application))
        codes = self._codes(application, checks, place)
        return Outlook(tuple(refuse(code) for code in codes), checks, place)

    def _codes(self, application: Application, checks: Checks, place: AdmissionPlace | None) -> Iterator[str]:
        offering, batch = application.center_offering, application.batch
        decide, school = BatchWindow.Function.DECIDE, offering.center.school_id
        if not application.is_transfer and not self.windows.is_open(batch.pk, decide, self.day, school):
            yield "window_closed"
        if code := self.placement.refusal(offering, batch, application.first_day):
            yield code
        if lacks_prior_diploma(application, self.rules):
            sought_in_vain = application.prior_state == Application.Prior.NOT_FOUND
            yield "prior_not_found" if sought_in_vain else "prior_not_verified"
        yield from (code for _field, code in self.transfers.faults(application))
        if any(item.is_required and (found is None or found.result not in GOOD) for item, found in checks):
            yield "checklist_incomplete"
        concurrent = ruled("concurrent_enrolment_allowed", application, book=self.rules)
        if self.enrolled.excludes(application, concurrent=concurrent):
            yield "person_already_enrolled"
        if place is None:
            yield "no_admission_plan"


def _path(application: Application) -> str:
    return application.center_offering.programme_version.programme.level_path


def enough_places(
    applications: Iterable[Application], judged: dict[int, Outlook], places: dict[int, AdmissionPlace]
) -> dict[int, DomainError | None]:
    """Who gets in: the first obstacle of each application, or `quota_exceeded` for those who come after the last place of
    `places` (by the key that the outlook names) is gone."""
    left = {key: place.quota - place.taken for key, place in places.items()}
    verdicts: dict[int, DomainError | None] = {}
    for one in applications:
        outlook = judged[one.pk]
        verdicts[one.pk] = outlook.obstacles[0] if outlook.obstacles else None
        if verdicts[one.pk] is None and outlook.place is not None:
            left[outlook.place.pk] -= 1
            if left[outlook.place.pk] < 0:
                verdicts[one.pk] = refuse("quota_exceeded", place=outlook.place.pk)
    return verdicts
