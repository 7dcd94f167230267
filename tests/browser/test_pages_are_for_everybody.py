"""Every main page: nothing serious for readers of screens, no sideways scroll on a phone, no complaint of the console."""

import pytest
from django.urls import reverse

from enrollment.models import Student
from exchange.importing import check_file, receive_file
from people.services.roles import shipped_roles
from reporting.services import compute_run, freeze_return, run_for
from tests.browser.driving import NARROW, WIDE, a_page, serious_findings, sideways, sign_in, speak
from tests.builders import a_center, a_student, a_user, an_institution, day, the_system
from tests.exchange.samples import FOLDER, TODAY

LISTS = [
    "enrollment_student", "enrollment_studentchange", "enrollment_admissionplace", "people_person", "people_user",
    "people_membership", "people_role", "learning_centers_learningcenter", "learning_centers_school",
    "exchange_importbatch", "exchange_job", "reporting_statisticsrun", "reporting_frozenreturn", "common_auditevent",
]  # fmt: skip


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


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_every_main_page(transactional_db, browser, live_server):
    paths, wrong = addresses(), []
    for viewport, language in ((WIDE, "en"), (NARROW, "zh-hans")):
        page, complaints = a_page(browser, live_server.url, viewport)
        page.goto("/admin/login/")
        wrong += [f"login: {one}" for one in serious_findings(page)]
        complaints.clear()
        sign_in(page, "everything", "correct horse")
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
    assert not wrong, "\n".join(wrong)
