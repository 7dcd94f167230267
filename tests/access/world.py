"""Two institutions, two centres in one of them, and people who may see more or less of it.

Every row of the sister centre and of the foreign institution bears a word that must never reach who may not see it.
"""

from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from common.access import Public, ScopePath
from common.audit import AuditNote, write_audit
from common.ledger import recording
from common.sealing import seal_audit_events
from enrollment.models import (
    AdmissionPlace,
    Application,
    ApplicationStep,
    Attachment,
    ChangeCase,
    ChangeRequest,
    ChecklistItem,
    EntitlementCheck,
    EntryBatch,
    ReasonSetting,
    RequestParty,
    Student,
    WatchItem,
)
from enrollment.services import ChangeDraft, record_change
from exchange.models import Export, ImportBatch, Job
from learning_centers.models import (
    Agreement,
    CenterOffering,
    Designation,
    Institution,
    LearningCenter,
    LineageEvent,
    Organization,
    RuleSetting,
    School,
)
from people.models import ApprovalRequest, Membership, PersonPlace, Role, User
from people.services import merge_persons
from people.services.accounts import LEVELS
from reporting.models import PublishedFigure
from reporting.services import compute_run, freeze_return, run_for
from tests.access.rights import ALL_VERBS, CENTER_VERBS
from tests.builders import (
    a_center,
    a_school,
    a_student,
    a_user,
    a_version,
    an_institution,
    day,
    the_system,
)

OWN, SISTER, FOREIGN, MISSING = "own", "sister", "foreign", "missing"
CANARIES = {SISTER: "邻站绝密", FOREIGN: "外校绝密"}
"""Words in the rows of a kind."""
READER_VERBS = {verb for verb in CENTER_VERBS if ".view_" in verb} | {"admin.enter", "portal.enter"}
NUMBERS = {OWN: "OWN", SISTER: "SISTER", FOREIGN: "FOREIGN"}


@dataclass
class World:
    home: Institution
    abroad: Institution
    centers: dict[str, LearningCenter]
    users: dict[str, User] = field(default_factory=dict)
    found: dict[tuple[type[models.Model], str], models.Model | None] = field(default_factory=dict)

    def row(self, model: type[models.Model], kind: str) -> models.Model | None:
        """A row of this kind; asked for hundreds of times, looked up once."""
        if (model, kind) not in self.found:
            self.found[model, kind] = self._find(model, kind)
        return self.found[model, kind]

    def _find(self, model: type[models.Model], kind: str) -> models.Model | None:
        """By plain institution and centre, not by the code under test."""
        rows = model._base_manager.all()
        scope = model.SCOPE
        if model is User:
            return self.users.get({OWN: "registrar", FOREIGN: "foreign registrar"}.get(kind, ""))
        if isinstance(scope, Public):
            return rows.first() if kind == OWN else None
        if not isinstance(scope, ScopePath):
            return None
        if kind == FOREIGN:
            return rows.filter(**{scope.institution: self.abroad.pk}).first()
        rows = rows.filter(**{scope.institution: self.home.pk})
        if paths := scope.levels().get("center"):
            return rows.filter(reduce(or_, (Q(**{path: self.centers[kind].pk}) for path in paths))).first()
        return rows.first() if kind == OWN else None


def populate(institution: Institution, center_code: str, kind: str) -> LearningCenter:
    word = CANARIES.get(kind, "本站")
    school = a_school(institution)
    center = a_center(institution, center_code, school=school)
    LearningCenter.objects.filter(pk=center.pk).update(name=f"{word}教学点")
    center.periods.all()
    by = the_system()
    students = [
        a_student(center, f"{NUMBERS[kind]}{number:06d}", name=f"{word}甲乙丙"[: 6 + number], born="1991-02-03")
        for number in range(3)
    ]
    record_change(students[0], ChangeDraft("suspend", day("2025-03-01"), reason=word), by=by)
    merge_persons(students[1].person, students[2].person, reason=word, by=by)
    with recording(institution, by=by, reason="tests.populate") as entry:
        known = {"institution": institution, "recorded_in_id": entry.id}
        batch, _ = EntryBatch.objects.get_or_create(
            institution=institution, code="2024-autumn",
            defaults={"year": 2024, "season": "autumn", "starts_on": day("2024-09-01")},
        )  # fmt: skip
        offering = CenterOffering.objects.create(
            center=center, programme_version=a_version(institution, school=school), **known
        )
        AdmissionPlace.objects.create(batch=batch, center_offering=offering, quota=7, remark=word, **known)
        organization = Organization.objects.create(name=f"{word}公司", **known)
        for student in students:
            PersonPlace.objects.create(
                institution=institution, person=student.person, partner=organization, line="training",
                subject=student.pk, begin=day("2026-01-01"),
            )  # fmt: skip
        Agreement.objects.create(organization=organization, kind="training", number=f"{word}号", **known)
        Designation.objects.create(kind="award", title=f"{word}奖", **known)
        LineageEvent.objects.create(kind="founded", on=day("1985-01-01"), note=word, **known)
        apply_and_ask(entry, word, batch, offering, students[0])
    ImportBatch.objects.create(
        institution=institution, center=center, kind="new_students", name=f"{word}.csv", size=1, sha256="", uploaded_by=by,
        today=day("2026-11-21"), status=ImportBatch.State.COMMITTED,
    )  # fmt: skip
    write_audit([AuditNote("tests.act", students[0])], by=by, institution_id=institution.pk)
    return center


def apply_and_ask(entry: Any, word: str, batch: EntryBatch, offering: CenterOffering, student: Student) -> None:
    """An applicant, a request, a case, a watched student and a check that is due, at the centre of the offering."""
    institution, center, by = batch.institution, offering.center, the_system()
    known = {"institution": institution, "recorded_in_id": entry.id}
    application = Application.objects.create(
        batch=batch,
        center_offering=offering,
        name=f"{word}甲",
        created_by=by,
        remark=word,
        notice_no=f"{word}-1",
        noticed_on=day("2024-08-01"),
        **known,
    )
    ApplicationStep.objects.create(
        institution=institution, application=application, actor=by, verb="tests.act", status="draft", comment=word
    )
    Export.objects.create(institution=institution, center=center, kind="roster", reason=word, rows=3, asked_by=by)
    case = ChangeCase.objects.create(
        institution=institution, kind="same_change", center=center, effective_date=day("2026-12-01"), reason=word,
        requested_by=by,
    )  # fmt: skip
    asked = ChangeRequest.objects.create(
        institution=institution, student=student, case=case, kind="withdraw", effective_date=day("2026-12-01"),
        applicant=word, requested_by=a_user(f"left {center.pk}"),
    )  # fmt: skip
    Attachment.objects.create(
        institution=institution, center=center, application=application, item="identity", name=f"{word}.png",
        content_type="image/png", size=1, sha256="", content=word.encode(), original=word.encode(), uploaded_by=by,
    )  # fmt: skip
    RequestParty.objects.create(institution=institution, request=asked, center=center, side="source", comment=word)
    Attachment.objects.create(
        institution=institution, center=center, request=asked, item="evidence", name=word, content_type="application/pdf",
        size=1, sha256="", uploaded_by=by,
    )  # fmt: skip
    WatchItem.objects.create(
        institution=institution, list="over_max", center=center, student=student, since=day("2026-01-01"),
        found_on=day("2026-01-02"), reason=word,
    )  # fmt: skip
    EntitlementCheck.objects.create(student=student, due_on=day("2026-12-01"), findings=word, **known)


def publish(institution: Institution, kind: str) -> None:
    """A job, figures, a return and a claim."""
    word, by = CANARIES.get(kind, "本校"), the_system()
    Job.objects.create(institution=institution, task="tests.work", key=word, requested_by=by)
    run = compute_run(run_for(institution, day("2026-09-01"), day("2025-09-01"), by=by).pk)
    freeze_return(run, title=f"{word}报表", by=by)
    with recording(institution, by=by, reason="tests.publish") as entry:
        PublishedFigure.objects.create(
            institution=institution, name="students.stock", label="学生", value=3, source="x", recorded_in_id=entry.id
        )
        ChecklistItem.objects.create(
            institution=institution, code=f"own-{kind}", name=word, source=word, recorded_in_id=entry.id
        )
        ReasonSetting.objects.create(
            institution=institution, act="return", code=f"own-{kind}", name=word, source=word, recorded_in_id=entry.id
        )
        ApprovalRequest.objects.create(
            institution=institution, kind="role", key=word, user=a_user(f"申请人{word}"), asked_by=by,
            terms={"role": a_role_asked_for(), **dict.fromkeys(LEVELS)},
        )  # fmt: skip
        RuleSetting.objects.create(
            institution=institution, school=a_school(institution), name="late_arrival_days", value=21, source=word,
            recorded_in_id=entry.id,
        )  # fmt: skip


def a_role_asked_for() -> str:
    return Role.objects.get_or_create(code="wanted", defaults={"name": "申请中的角色"})[0].code


def build_world() -> World:
    home, abroad = an_institution(), an_institution("10534", "湖南科技大学")
    centers = {
        OWN: populate(home, "0101", OWN),
        SISTER: populate(home, "0102", SISTER),
        FOREIGN: populate(abroad, "0901", FOREIGN),
    }
    publish(home, OWN)
    publish(abroad, FOREIGN)
    seal_audit_events()
    world = World(home, abroad, centers)
    one = School.objects.get(institution=home)
    client = Organization.objects.get(institution=home, name="本站公司")
    staff: dict[str, tuple[Any, Any]] = {
        "registrar": (home, ALL_VERBS),
        "foreign registrar": (abroad, ALL_VERBS),
        "school manager": (one, ALL_VERBS),
        "partner": (client, ALL_VERBS - {"portal.enter"}),
        "insider": (centers[OWN], CENTER_VERBS),
        "outsider": (centers[SISTER], CENTER_VERBS),
        "reader": (centers[OWN], READER_VERBS),
        "onlooker": (centers[OWN], {"admin.enter", "portal.enter"}),
        "coordinator": (centers[OWN], CENTER_VERBS - {"admin.enter"}),
        "clerk": (home, ALL_VERBS - {"portal.enter"}),
        "inactive": (home, ALL_VERBS),
    }
    for role, (place, verbs) in staff.items():
        world.users[role] = a_user(role, *verbs, at=place)
    world.users["commuter"] = a_commuter(acts_at=centers[SISTER], looks_at=centers[OWN])
    User.objects.filter(username="inactive").update(is_active=False)
    return world


def a_commuter(*, acts_at: LearningCenter, looks_at: LearningCenter) -> User:
    """Two memberships of different roles: all rights of a centre at one, at the other only those to look."""
    user = a_user("commuter", *CENTER_VERBS, at=acts_at)
    role = Role.objects.create(code="looks", name="仅供查看", verbs=sorted(READER_VERBS))
    terms = {"institution": looks_at.institution, "center": looks_at, "begin": day("2000-01-01")}
    Membership.objects.create(user=user, role=role, **terms)
    return user


def models_of_ours() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if hasattr(model, "SCOPE")]
