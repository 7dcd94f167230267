"""What waits in the demo for somebody's decision: applications, requests, a closing centre, lists. Told by `inviting.toml`."""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any

from django.db import transaction
from PIL import Image

from common.batches import first_day
from common.dates import today
from common.errors import DomainError
from demo.files import FOLDER, read_toml
from demo.people import People
from demo.simulating.applicants import complete_draft
from demo.simulating.asking import EVIDENCE
from enrollment.admission.checklist import checklists
from enrollment.attachments.services.attachments import attach
from enrollment.duties.services.watching import compute_lists, post_notice, set_aside
from enrollment.models import Application, ChangeRequest, EntryBatch, Student, WatchItem
from enrollment.records.models.changes import ChangeKind
from enrollment.records.models.students import StudentState
from enrollment.requests.services.cases import open_closing_case
from enrollment.services import (
    ApplicationDraft,
    RequestDraft,
    accept_application,
    approve_request,
    check_items,
    entry_batches,
    issue_notices,
    keep_place,
    reject_application,
    request_change,
    return_application,
    return_request,
    set_places,
    set_provincial_plan,
    set_window,
    start_application,
    submit_application,
    submit_request,
    verify_prior,
    withdraw_application,
)
from learning_centers.intake import center_intakes
from learning_centers.models import CenterOffering, Institution, LearningCenter, ProgrammeVersion
from learning_centers.models.centers import CenterStatus
from learning_centers.services import Filing, file_center, offer_at_center
from people.models import User

SERIES = 97
OPEN = {"apply": (-40, 60), "decide": (-40, 80), "check_in": (-2, 120)}
"""Days from today on which the functions of the coming batch are open; check-in too, so that it can be tried."""
TRIED = 60
"""Students whom a request is tried for, until the rules admit it."""


def told() -> dict[str, Any]:
    return read_toml(FOLDER / "inviting.toml")


def invite(of: dict[str, Any]) -> str | None:
    """Make what waits at one institution, all of it or nothing; says how much, or None where it was made before.

    Its demo accounts must be there.
    """
    desk = Desk.of(of)
    if Application.objects.filter(created_by__in=desk.coordinators).exists():
        return None
    with transaction.atomic():
        desk.plan()
        applications = [desk.apply(one) for one in told()["applicant"]]
        requests = [found for one in told()["request"] if (found := desk.ask(one))]
        desk.close_a_center()
        watched = desk.watch()
    return f"{len(applications)} applications, {len(requests)} requests, a closing centre, {watched} people on lists"


@dataclass
class Desk:
    institution: Institution
    registrar: User
    second: User
    coordinators: list[User]
    centers: list[LearningCenter]
    people: People
    batch: EntryBatch
    offerings: list[list[CenterOffering]] = field(default_factory=list)
    drafts: list[ApplicationDraft] = field(default_factory=list)
    busy: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, told: dict[str, Any]) -> "Desk":
        institution = Institution.objects.get(code=told["code"])
        users = {user.username: user for user in User.objects.filter(is_demo=True)}
        coordinators = [users[name] for name in told["coordinators"]]
        batch = next_batch(today(institution))
        return cls(
            institution,
            users[told["registrar"]],
            users[told["second"]],
            coordinators,
            [LearningCenter.objects.get(memberships__user=one) for one in coordinators],
            People(random.Random(f"{institution.code} inviting"), SERIES),
            EntryBatch.objects.get(pk=entry_batches(institution, [batch])[batch]),
        )

    @property
    def today(self) -> dt.date:
        return today(self.institution)

    def plan(self) -> None:
        """Windows that are open now, and places for some programmes at the two centres."""
        for function, (begin, end) in OPEN.items():
            days = (self.today + dt.timedelta(days=days) for days in (begin, end))
            set_window(self.batch, function, *days, by=self.registrar)
        for center in self.centers:
            self._file(center)
            quotas = told()["places"]["quotas"]
            versions = self._versions(center, len(quotas))
            self.offerings.append([])
            for version, quota in zip(versions, quotas, strict=False):
                offering = offer_at_center(center, version, on=self.batch.starts_on, by=self.registrar)
                self.offerings[-1].append(offering)
                course = version.programme
                terms = (center.province_code, course.major, course.level_path, version.study_form, quota + 5)
                set_provincial_plan(self.batch, *terms, source="演示招生计划", by=self.registrar)
                set_places(self.batch, offering, quota, by=self.registrar)

    def _file(self, center: LearningCenter) -> None:
        """For the year of the batch, where that is not done yet: only then students may be admitted."""
        (intake,) = center_intakes([center]).values()
        if intake.refusal(self.batch.starts_on) == "center_filing_lapsed":
            year = self.batch.year
            span = Filing(begin=dt.date(year, 1, 1), end=dt.date(year + 1, 1, 1), year=year)
            file_center(center, span, by=self.registrar)

    def _versions(self, center: LearningCenter, count: int) -> list[ProgrammeVersion]:
        """What the centre may offer in the batch, upgrades from junior college first."""
        (intake,) = center_intakes([center]).values()
        day = self.batch.starts_on
        offered = ProgrammeVersion.objects.current().filter(institution=self.institution, study_form="part_time")
        joined = offered.select_related("programme__major").order_by("programme__level_path", "pk")
        return [one for one in joined if intake.is_open_for(one.programme.major.code, day)][:count]

    def apply(self, one: dict[str, Any]) -> Application:
        offerings = self.offerings[one["at"]]
        offering, by = offerings[one.get("course", 0) % len(offerings)], self.coordinators[one["at"]]
        draft = self._draft(one, offering)
        self.drafts.append(draft)
        forgotten: dict[str, Any] = dict.fromkeys(one.get("forgets", ()), "")
        application = start_application(offering, self.batch, replace(draft, **forgotten), by=by)
        if one.get("papers"):
            attach(application, "photo", "照片.jpg", picture(), by=by)
            attach(application, "identity", "身份证.png", EVIDENCE, by=by)
        if one["until"] != "draft":
            self._go_on(submit_application(application, by=by), one, by)
        return application

    def _draft(self, one: dict[str, Any], offering: CenterOffering) -> ApplicationDraft:
        version = offering.programme_version
        foreign = one.get("foreign", False)
        province = offering.center.province_code
        draft = complete_draft(self.people, self.batch.code, province, version.programme.level_path, foreign=foreign)
        if "like" in one:
            first = self.drafts[one["like"]]
            if one.get("same"):
                return first
            return self._namesake(first, draft)
        return replace(draft, name=one.get("name", draft.name))

    def _namesake(self, first: ApplicationDraft, draft: ApplicationDraft) -> ApplicationDraft:
        """Another person of the same name who was born on the same day."""
        assert first.birth_date is not None
        province = f"{first.id_no[:2]}0000"
        number = self.people.identity_number(province, first.birth_date, female=first.sex == "female")
        return replace(draft, name=first.name, birth_date=first.birth_date, sex=first.sex, id_no=number)

    def _go_on(self, application: Application, one: dict[str, Any], by: User) -> None:
        until, reason = one["until"], {"reason_code": one.get("reason_code", ""), "comment": one.get("reason", "")}
        if until == "missing":
            self._verify(application)
            check_items(
                [application], {"photo": "wrong", "identity": "missing"}, remark=one["reason"], by=self.registrar
            )
        elif until in ("returned", "again"):
            return_application(application, **reason, by=self.registrar)
            if until == "again":
                submit_application(application, by=by)
        elif until == "rejected":
            reject_application(application, **reason, by=self.registrar)
        elif until == "withdrawn":
            withdraw_application(application, **reason, by=by)
        elif until != "submitted":
            self._admit(application, one)

    def _admit(self, application: Application, one: dict[str, Any]) -> None:
        """Look at everything; then, as far as it is told, accept, give notice, keep the place."""
        path = application.center_offering.programme_version.programme.level_path
        items = {item.code: "good" for item in checklists(self.institution, [path])[path]}
        check_items([application], items, by=self.registrar)
        self._verify(application)
        if one["until"] == "checked":
            return
        accept_application(application, by=self.registrar)
        if one["until"] in ("noticed", "kept"):
            issue_notices([application], on=self.today, by=self.registrar)
        if one["until"] == "kept":
            keep_place(application, reason_code=one["reason_code"], by=self.registrar)

    def _verify(self, application: Application) -> None:
        if application.prior_certificate_no:
            verify_prior(application, "verified", "registry", by=self.registrar)

    def ask(self, one: dict[str, Any]) -> ChangeRequest | None:
        """For the first students whom the rules admit it for; None where there is none (a small demo)."""
        for student in self._candidates(one["at"]):
            for draft in self._requests(student, one):
                try:
                    with transaction.atomic():
                        request = self._ask(student, draft, one)
                except DomainError:
                    continue
                self.busy.add(student.pk)
                return request
        return None

    def _candidates(self, at: int) -> Iterator[Student]:
        there = Student.objects.current().filter(current_center=self.centers[at], current_state=StudentState.ACTIVE)
        joined = there.select_related("institution", "current_center", "current_programme_version__programme")
        yield from joined.exclude(pk__in=self.busy).order_by("-entry_batch__starts_on", "student_no")[:TRIED]

    def _requests(self, student: Student, one: dict[str, Any]) -> Iterator[RequestDraft]:
        said = {name: one[name] for name in ("fact", "new_value", "reason") if name in one}
        if one["kind"] == "correct":
            yield RequestDraft("correct", **said)
            return
        draft = RequestDraft(one["kind"], self.today + dt.timedelta(days=one.get("ahead", 0)), **said)
        if one["kind"] == ChangeKind.CHANGE_CENTER:
            yield replace(draft, new_center_id=self.centers[1 - one["at"]].pk)
        elif one["kind"] == ChangeKind.CHANGE_MAJOR:
            present = student.current_programme_version
            others = ProgrammeVersion.objects.current().filter(
                institution=self.institution,
                study_form=present.study_form,
                programme__level_path=present.programme.level_path,
            )
            for version in others.exclude(pk=present.pk).order_by("pk"):
                yield replace(draft, new_programme_version_id=version.pk)
        else:
            yield draft

    def _ask(self, student: Student, draft: RequestDraft, one: dict[str, Any]) -> ChangeRequest:
        by = self.registrar if one.get("by") == "registrar" else self.coordinators[one["at"]]
        request = request_change(student, draft, save_only=True, by=by)
        if one["until"] == "draft":
            return request
        attach(request, "evidence", "证明材料.png", EVIDENCE, by=by)
        request = submit_request(request, by=by)
        if one["until"] == "returned":
            return return_request(request, comment=one["comment"], by=self.second)
        if one["until"] == "approved":
            number = f"演示〔{self.today.year}〕{len(self.busy) + 1}号"
            return approve_request(request, decision_no=number, decision_date=self.today, by=self.second)
        return request

    def close_a_center(self) -> None:
        """The one with the fewest students among those that take nobody in any more."""
        stopped = LearningCenter.objects.current().filter(institution=self.institution, status=CenterStatus.STOP_INTAKE)
        counts = {one: self._students_at(one) for one in stopped.order_by("code")}
        peopled = [one for one, count in counts.items() if count]
        if not peopled:
            return
        center = min(peopled, key=lambda one: (counts[one], one.code))
        known = LearningCenter.objects.current().filter(institution=self.institution, status=CenterStatus.ACTIVE)
        near = known.filter(province_code=center.province_code, regime=center.regime).order_by("code")
        targets = [*near, *known.filter(regime="school_direct")]
        on = self.today + dt.timedelta(days=30)
        open_closing_case(center, targets, on=on, reason="设点协议到期，教学点撤销。", by=self.registrar)

    def _students_at(self, center: LearningCenter) -> int:
        present = (StudentState.ACTIVE, StudentState.SUSPENDED)
        return Student.objects.current().filter(current_center=center, current_state__in=present).count()

    def watch(self) -> int:
        """The lists of today; some people on public notice already, one set aside."""
        found = compute_lists(self.institution, by=User.objects.system())
        waiting = WatchItem.objects.filter(institution=self.institution, status=WatchItem.State.OPEN).order_by("pk")
        overdue = list(waiting.filter(list=WatchItem.List.OVER_MAX)[:2])
        post_notice(overdue, begin=self.today, by=self.registrar)
        for item in waiting.filter(list=WatchItem.List.SUSPENDED_TOO_LONG)[:1]:
            until = self.today + dt.timedelta(days=60)
            set_aside(item, until=until, reason="本人来电，病愈后返校。", by=self.registrar)
        return sum(found.values())


def next_batch(day: dt.date) -> str:
    codes = (f"{year}-{season}" for year in (day.year, day.year + 1) for season in ("spring", "autumn"))
    return next(code for code in codes if first_day(code) > day)


def picture() -> bytes:
    """A plain blue photo of nobody."""
    target = BytesIO()
    Image.new("RGB", (480, 640), (67, 142, 219)).save(target, "JPEG")
    return target.getvalue()
