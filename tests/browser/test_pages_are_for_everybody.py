"""Every main page: nothing serious for readers of screens, no sideways scroll on a phone, no complaint of the console."""

import pytest
from django.urls import reverse

from enrollment.attachments.services.attachments import attach
from enrollment.models import Student, WatchItem
from enrollment.requests.services.cases import open_closing_case
from enrollment.services import RequestDraft, request_change, request_correction
from exchange.importing import check_file, receive_file
from people.services.roles import shipped_roles
from reporting.services import compute_run, freeze_return, run_for
from tests.applicants import a_place, an_application
from tests.browser.driving import NARROW, WIDE, a_page, serious_findings, sideways, sign_in, speak
from tests.builders import a_center, a_student, a_user, an_institution, day, the_system
from tests.enrollment.papers import a_picture
from tests.exchange.samples import FOLDER, TODAY

LISTS = [
    "enrollment_student", "enrollment_studentchange", "enrollment_admissionplace", "people_person", "people_user",
    "people_membership", "people_role", "learning_centers_learningcenter", "learning_centers_school",
    "exchange_importbatch", "exchange_job", "reporting_statisticsrun", "reporting_frozenreturn", "common_auditevent",
]  # fmt: skip
NEW_LISTS = [
    "enrollment_application", "enrollment_changerequest", "enrollment_changecase", "enrollment_watchitem",
    "enrollment_entitlementcheck", "enrollment_checklistitem", "enrollment_reasonsetting", "enrollment_entrybatch",
    "exchange_export",
    "learning_centers_rulesetting",
]  # fmt: skip
CENTER_ACTS = (
    "change", "file", "agree", "change_host", "file_majors", "offer", "rename", "move", "stop_intake", "close", "revoke",
)  # fmt: skip


def addresses() -> list[str]:
    """A small world, and where its pages are."""
    institution = an_institution()
    center = a_center(institution, filed=("2024-01-01", "2026-12-31"))
    student = a_student(center, changes=(("suspend", "2025-03-01"), ("resume", "2025-09-01")))
    a_student(center, name="李娜", sex="female")
    content = (FOLDER / "files/status_changes/messy.xlsx").read_bytes()
    batch = receive_file("status_changes", "messy.xlsx", content, by=the_system(), institution=institution, today=TODAY)
    check_file(batch)
    run = compute_run(run_for(institution, day("2026-09-01"), day("2025-09-01"), by=the_system()).pk)
    frozen = freeze_return(run, title="2026", by=the_system())
    verbs = {verb for role in shipped_roles().values() for verb in role["verbs"]}
    a_user("everything", *verbs, at=institution)
    student = Student.objects.get(pk=student.pk)

    def of(name: str, row: object) -> str:
        return reverse(f"admin:{name}", args=[row.public_id])

    return [
        reverse("admin:index"),
        *(reverse(f"admin:{name}_changelist") for name in LISTS),
        of("enrollment_student_change", student),
        f"{reverse('admin:enrollment_student_many_ask')}?row={student.public_id}",
        of("people_person_change", student.person),
        f"{of('people_person_reveal', student.person)}?kind=document&key=1",
        of("learning_centers_learningcenter_change", center),
        reverse("admin:people_user_add"),
        reverse("admin:people_membership_add"),
        reverse("admin:people_person_duplicates"),
        reverse("admin:exchange_importbatch_upload"),
        of("exchange_importbatch_change", batch),
        reverse("admin:reporting_statisticsrun_new"),
        of("reporting_statisticsrun_change", run),
        f"{of('reporting_statisticsrun_change', run)}?by=level_path,study_form",
        f"{of('reporting_statisticsrun_records', run)}?indicator=deg.stock",
        of("reporting_statisticsrun_why", run),
        of("reporting_statisticsrun_freeze", run),
        of("reporting_frozenreturn_change", frozen),
        reverse("admin:password_change"),
    ]


def faults(browser, url: str, username: str, paths: list[str]) -> list[str]:
    """What is wrong with these pages: wide in English, narrow in Chinese."""
    wrong = []
    for viewport, language in ((WIDE, "en"), (NARROW, "zh-hans")):
        page, complaints = a_page(browser, url, viewport)
        page.goto("/admin/login/")
        wrong += [f"login: {one}" for one in serious_findings(page)]
        complaints.clear()
        sign_in(page, username, "correct horse")
        speak(page, language)
        for path in paths:
            answer = page.goto(path)
            wrong += [f"{language} {path}: {one}" for one in complaints]
            if answer is None or answer.status != 200:
                wrong.append(f"{path}: {answer and answer.status}")
            if sideways(page):
                wrong.append(f"{language} {path} scrolls sideways by {sideways(page)} px")
            wrong += [f"{language} {path}: {one}" for one in serious_findings(page)]
            complaints.clear()  # axe itself trips over the content-security policy
    return wrong


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_every_main_page(transactional_db, browser, live_server):
    wrong = faults(browser, live_server.url, "everything", addresses())
    assert not wrong, "\n".join(wrong)


def addresses_of_admission_and_changes() -> list[str]:
    """An applicant, requests of each sort, a closing centre, somebody on a list, and the pages that act on them."""
    institution = an_institution()
    center, target = a_center(institution), a_center(institution, "0102")
    place = a_place(center)
    applied, checked_in = an_application(center), an_application(center, "checked_in")
    attach(applied, "identity", "证件.png", a_picture(), by=the_system())
    student, other = a_student(center, entered="2020-09-01"), a_student(center)
    moved = request_change(student, RequestDraft("change_center", TODAY, new_center_id=target.pk), by=the_system())
    corrected = request_correction(
        other, "name", "欧阳雪", reason="x", reason_code="typing_error", save_only=True, by=the_system()
    )
    case = open_closing_case(center, [target], on=TODAY, reason="x", by=the_system())
    item = WatchItem.objects.create(
        institution=institution, list="over_max", center=center, student=student, since=day("2025-09-01"), found_on=TODAY,
        facts={"max_years": "5"},
    )  # fmt: skip
    a_user("registrar", *shipped_roles()["registrar"]["verbs"], at=institution)

    def of(name: str, row: object) -> str:
        return reverse(f"admin:{name}", args=[getattr(row, "public_id", row.pk)])

    return [
        reverse("admin:index"),
        *(reverse(f"admin:{name}_changelist") for name in NEW_LISTS),
        *(
            of(f"enrollment_application_{act}", applied)
            for act in ("change", "check", "reject", "attach", "verify_prior")
        ),
        of("enrollment_application_register", checked_in),
        f"{reverse('admin:enrollment_application_many_accept')}?row={applied.public_id}",
        f"{reverse('admin:enrollment_application_many_check')}?row={applied.public_id}",
        f"{reverse('admin:enrollment_application_notices')}?row={checked_in.public_id}",
        *(of(f"enrollment_changerequest_{act}", moved) for act in ("change", "waive", "withdraw")),
        of("enrollment_changerequest_change", corrected),
        of("enrollment_student_correct", other),
        f"{reverse('admin:enrollment_student_many_register_year')}?row={student.public_id}",
        *(of(f"enrollment_changecase_{act}", case) for act in ("change", "withdraw")),
        *(of(f"enrollment_watchitem_{act}", item) for act in ("change", "notice", "aside")),
        *(of(f"enrollment_entrybatch_{act}", place.batch) for act in ("change", "window", "places", "plan")),
        of("enrollment_admissionplace_quota", place),
        *(of(f"learning_centers_learningcenter_{act}", center) for act in CENTER_ACTS),
        reverse("admin:learning_centers_rulesetting_set", args=["transfer_months"]),
        f"{reverse('admin:enrollment_checklistitem_set')}?institution={institution.public_id}",
        f"{reverse('admin:enrollment_reasonsetting_set')}?institution={institution.public_id}",
        reverse("admin:exchange_export_ask"),
    ]


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_every_page_of_admission_and_changes(transactional_db, browser, live_server):
    wrong = faults(browser, live_server.url, "registrar", addresses_of_admission_and_changes())
    assert not wrong, "\n".join(wrong)
