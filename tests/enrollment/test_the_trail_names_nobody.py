"""With the auditor's eyes: every act on papers of persons is on the trail with who and why, and the trail names nobody."""

from dataclasses import replace
from typing import Any

import pytest

from common.dates import as_on
from common.models import AuditEvent, Recording
from enrollment.attachments.services.attachments import attach, open_attachment
from enrollment.models import ApplicationStep, StudentChange
from enrollment.records.services.revealing import reveal_number_in, reveal_reason
from enrollment.services import (
    RequestDraft,
    accept_application,
    approve_request,
    check_in,
    edit_application,
    issue_notices,
    register_student,
    reject_request,
    request_change,
    return_application,
    start_application,
    submit_application,
    submit_request,
)
from exchange.models import Export, Job
from learning_centers.services.rules import Setting, set_rule
from people.models import IdentityDocument, Notice, User
from people.services.exporting import ask_for_export, decide_export, download_export, make_export
from people.services.revealing import reveal_number
from people.services.roles import shipped_roles
from tests.applicants import a_batch, a_draft, a_place, an_offering, checked
from tests.builders import a_center, a_user, an_identity_number, an_institution, day, the_system
from tests.enrollment.papers import PDF, a_picture

pytestmark = pytest.mark.django_db
NAME, NEW_NAME, PHONE, ILLNESS, FILE = "欧阳甲乙", "欧阳丙丁", "13912345678", "肺结核复查", "欧阳甲乙.jpg"
WHY = "the province asks"
FIRST = day("2026-03-01")


def holding(role: str, at: Any) -> User:
    return a_user(role, *shipped_roles()[role]["verbs"], at=at)


class Cast:
    """The people of one centre, with the rights of the shipped roles, and one applicant."""

    def __init__(self) -> None:
        self.institution = an_institution()
        self.center = a_center(self.institution)
        self.coordinator = holding("coordinator", self.center)
        self.registrar, self.second = (holding(role, self.institution) for role in ("registrar", "second_registrar"))
        self.number = an_identity_number("1995-05-05", "female")
        a_place(self.center)
        set_rule(self.institution, Setting("export_rows_alone", 0, "tests"), by=the_system())

    def secrets(self) -> set[str]:
        return {NAME, NEW_NAME, PHONE, ILLNESS, FILE, self.number, self.number[-6:], self.number.lower()}


@pytest.fixture
def cast() -> Cast:
    return Cast()


def admit(cast: Cast):
    """Entered, returned, amended, accepted, checked in, registered; papers added and opened on the way."""
    draft = a_draft(name=NAME, id_no=cast.number, phone=PHONE)
    with as_on(FIRST):
        one = start_application(an_offering(cast.center), a_batch(cast.institution), draft, by=cast.coordinator)
        photo = attach(one, "photo", FILE, a_picture(), by=cast.coordinator)
        one = submit_application(one, by=cast.coordinator)
        open_attachment(photo, by=cast.registrar)
        reveal_number_in(one, "id_no", reason=WHY, by=cast.registrar)
        one = return_application(one, reason_code="document_missing", comment=f"{NAME} {PHONE}", by=cast.registrar)
        one = edit_application(one, replace(draft, remark=ILLNESS), by=cast.coordinator)
        one = accept_application(checked(submit_application(one, by=cast.coordinator)), by=cast.registrar)
        (one,) = issue_notices([one], on=FIRST, by=cast.registrar)
        one = check_in(one, on=FIRST, by=cast.coordinator)
        student = register_student(one, on=FIRST, by=cast.registrar)
        open_attachment(photo, reason=WHY, by=cast.registrar)
    return student


def suspend(cast: Cast, student) -> None:
    asked = RequestDraft("suspend", day("2026-04-01"), reason=ILLNESS, reason_code="illness")
    with as_on(day("2026-03-20")):
        for decide in (
            lambda one: reject_request(one, comment=f"{NAME}: {ILLNESS}", reason_code="not_proved", by=cast.second),
            lambda one: approve_request(one, by=cast.second),
        ):
            one = request_change(student, asked, save_only=True, by=cast.coordinator)
            attach(one, "evidence", FILE, PDF, by=cast.coordinator)
            decide(submit_request(one, by=cast.coordinator))
        reveal_reason(StudentChange.objects.current().get(student=student), reason=WHY, by=cast.registrar)


def correct(cast: Cast, student) -> None:
    with as_on(day("2026-03-21")):
        draft = RequestDraft("correct", fact="name", new_value=NEW_NAME, reason=ILLNESS)
        one = request_change(student, draft, save_only=True, by=cast.coordinator)
        attach(one, "evidence", FILE, PDF, by=cast.coordinator)
        submit_request(one, by=cast.coordinator)
        approve_request(one, provincial_approval_no="湘教1号", by=cast.second)


def take_out(cast: Cast, student) -> None:
    """The whole list with whole numbers, let through by the second person; and one number at the counter."""
    export = ask_for_export("roster", {"in_clear": True}, reason=WHY, institution=cast.institution, by=cast.registrar)
    decide_export(export, approves=True, by=cast.second, reason=WHY)
    make_export(export)
    download_export(Export.objects.get(pk=export.pk), by=cast.registrar)
    document = IdentityDocument.objects.current().get(person=student.person)
    reveal_number(document, reason=WHY, by=cast.registrar)


def everything_kept_in_clear() -> str:
    kept = (AuditEvent, Recording, Notice, Job)
    rows = [str(row) for model in kept for row in model.objects.values()]
    return "\n".join([*rows, *(str(row) for row in Export.objects.values("terms", "name", "reason"))])


def test_a_whole_life_leaves_no_name_and_no_number_on_the_trail(cast):
    student = admit(cast)
    for part in (suspend, correct, take_out):
        part(cast, student)
    kept = everything_kept_in_clear()
    assert {word for word in cast.secrets() if word in kept} == set()
    assert ApplicationStep.objects.filter(comment__isnull=False).exists()


def test_every_look_and_every_decision_names_who_and_why(cast):
    student = admit(cast)
    for part in (suspend, correct, take_out):
        part(cast, student)
    told = {
        (event.verb, event.actor.username, event.reason)
        for event in AuditEvent.objects.exclude(actor__is_system=True).select_related("actor")
    }
    registrar, second = "registrar", "second_registrar"
    assert told >= {
        ("enrollment.open_attachment", registrar, "work on the matter"),
        ("enrollment.open_attachment", registrar, WHY),
        ("enrollment.return_application", registrar, "document_missing"),
        ("enrollment.accept_application", registrar, ""),
        ("enrollment.reject_change", second, "not_proved"),
        ("enrollment.approve_change", second, ""),
        ("people.reveal_number", registrar, WHY),
        ("enrollment.reveal_reason", registrar, WHY),
        ("people.ask_for_export", registrar, WHY),
        ("people.decide_export", second, WHY),
        ("people.download_export", registrar, WHY),
    }
    assert not AuditEvent.objects.filter(subject_id__isnull=True, actor__is_system=False).exists()


def test_an_export_is_counted_on_the_trail(cast):
    student = admit(cast)
    take_out(cast, student)
    rows = AuditEvent.objects.filter(verb__endswith="_export").values_list("detail__rows", flat=True)
    assert list(rows) == [1, 1, 1, 1]


def test_who_keeps_the_system_and_who_audits_it_see_no_paper(cast):
    student = admit(cast)
    photo = student.application.attachments.get()
    for role in ("sysadmin", "auditor"):
        verbs = shipped_roles()[role]["verbs"]
        user = holding(role, cast.institution)
        assert not [verb for verb in verbs if verb.startswith("enrollment.") or "reveal" in verb or "export" in verb]
        with pytest.raises(Exception, match="may not"):
            open_attachment(photo, reason=WHY, by=user)
