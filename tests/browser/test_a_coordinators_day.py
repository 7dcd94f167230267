"""A coordinator's way in a real browser, wide and on a phone, in both languages: from an applicant to a transfer."""

import datetime as dt
import os
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page

from common.batches import batch_of
from common.dates import today
from enrollment.models import Application, ChangeRequest, Student
from learning_centers.services.rules import Setting, set_rule
from people.services.roles import shipped_roles
from tests.applicants import a_draft, a_place
from tests.browser.driving import NARROW, WIDE, a_page, serious_findings, sideways, speak
from tests.builders import a_center, a_student, a_user, an_institution, the_system
from tests.enrollment.papers import PDF, a_picture

ID_NO = "110101199003070775"
PICTURES = os.environ.get("PICTURES", "")
"""A folder for pictures of each page, to be looked at."""


class Journey:
    """One visitor; every page that is `looked_at` is for everybody: no sideways scroll, nothing serious for screen readers."""

    def __init__(self, browser, base_url: str, viewport, language: str) -> None:
        self.page, self.complaints = a_page(browser, base_url, viewport)
        self.language, self.wide = language, viewport is WIDE
        self.wrong: list[str] = []

    def enter(self, username: str, address: str = "/portal/") -> Page:
        """Sign in where an address leads who is not known yet."""
        page = self.page
        page.goto(address)
        speak(page, self.language)
        self.look(f"{username}-sign-in")
        page.fill("#id_username", username)
        page.fill("#id_password", "correct horse")
        page.click("#login-form [type=submit]")
        page.wait_for_selector("#logout-form")
        return page

    def leave(self) -> None:
        self.page.click("#logout-form button")
        self.page.wait_for_selector("#login-form")

    def follow(self, link: str) -> None:
        """Go where the link leads, and wait until one is there."""
        with self.page.expect_navigation():
            self.page.click(link)

    def look(self, name: str) -> None:
        page = self.page
        self.wrong += [f"{name}: {one}" for one in self.complaints]
        if PICTURES:
            size = "wide" if self.wide else "narrow"
            page.screenshot(path=str(Path(PICTURES) / f"{name}-{size}-{self.language}.png"), full_page=True)
        if sideways(page):
            self.wrong.append(f"{name} scrolls sideways by {sideways(page)} px")
        self.wrong += [f"{name}: {one}" for one in serious_findings(page)]
        self.complaints.clear()  # axe itself trips over the content-security policy


def the_world():
    """Two centres with places in the present batch, their coordinators, a registrar, and one student."""
    institution = an_institution()
    mine, theirs = a_center(institution, "0101", filed=("2024-01-01", "2040-01-01")), a_center(institution, "0102")
    a_place(mine, code=batch_of(today()))
    a_student(mine, name="李娜", changes=(("suspend", "2025-03-01"), ("resume", "2025-09-01")))
    verbs = shipped_roles()["coordinator"]["verbs"]
    a_user("mine", *verbs, at=mine, display_name="长沙教学点")
    a_user("theirs", *verbs, at=theirs, display_name="济南教学点")
    late = Setting("late_leave_days", 366, "so that somebody may arrive on any day of the half-year")
    set_rule(institution, late, by=the_system())
    a_user("registrar", *shipped_roles()["registrar"]["verbs"], at=institution)


@pytest.fixture
def papers(tmp_path) -> dict[str, Path]:
    files = {"photo": tmp_path / "photo.jpg", "evidence": tmp_path / "evidence.pdf"}
    files["photo"].write_bytes(a_picture())
    files["evidence"].write_bytes(PDF)
    return files


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("viewport", "language"), [(WIDE, "en"), (NARROW, "zh-hans")], ids=["wide-en", "narrow-zh"])
def test_from_an_applicant_to_a_transfer(transactional_db, browser, live_server, papers, viewport, language):
    the_world()
    journey = Journey(browser, live_server.url, viewport, language)
    desk = Journey(browser, live_server.url, viewport, language)
    journey.enter("mine")
    journey.look("home")
    application = apply(journey, papers["photo"])
    accept(desk, application)
    check_in(journey, application)
    student = register(desk, application)
    asked = ask_for_transfer(journey, student, papers["evidence"])
    journey.leave()
    consent(journey, asked)
    approve(desk, asked)
    journey.page.goto(f"/portal/requests/{asked.public_id}/")
    journey.look("request-approved")
    look_around(journey)
    wrong = journey.wrong + desk.wrong
    assert not wrong, "\n".join(wrong)


def apply(journey: Journey, photo: Path) -> Application:
    """The number is typed: birth and sex fill in; then the rest, and it is handed in."""
    page, draft = journey.page, a_draft()
    page.goto("/portal/applications/new/")
    page.select_option("#id_place", index=1)
    page.locator("#id_id_no").press_sequentially(ID_NO)
    page.wait_for_selector("#judged .said.good")
    assert page.input_value("#id_birth_date") == "1990-03-07"
    assert page.input_value("#id_sex") == "male"
    page.fill("#id_name", "王伟")
    page.fill("#id_phone", draft.phone)
    page.fill("#id_candidate_no", draft.candidate_no)
    page.fill("#id_prior_school", draft.prior_school)
    page.set_input_files("#id_photo", photo)
    page.wait_for_selector("#field-photo .said.good")
    journey.look("application-typed")
    page.click("button[name=submit]")
    page.wait_for_selector(".has-error #id_prior_certificate_no")
    journey.look("application-faults")
    page.fill("#id_prior_certificate_no", draft.prior_certificate_no)
    page.click("button[name=submit]")
    page.wait_for_selector(".note.good")
    journey.look("application-handed-in")
    application = Application.objects.get()
    assert (application.status, application.sex) == ("submitted", "male")
    assert page.evaluate("Object.keys(localStorage).length") == 0, "what has arrived is no longer kept in the browser"
    return application


def accept(desk: Journey, application: Application) -> None:
    """The registrar finds it waiting, goes through the checklist, verifies the diploma, accepts, and issues the notice."""
    page = desk.enter("registrar", "/admin/")
    desk.look("desk-home")
    page.goto("/admin/enrollment/application/?state=submitted")
    desk.look("desk-applications")
    desk.follow(f"main a[href*='{application.public_id}']")
    desk.look("desk-application")
    act(desk, "check", **dict.fromkeys(("item_identity", "item_photo", "item_exam", "item_prior_diploma"), "good"))
    act(desk, "verify-prior", state="verified", method="registry")
    act(desk, "accept")
    act(desk, "notice")
    page.goto(f"/admin/enrollment/application/{application.public_id}/change/")
    until = today() + dt.timedelta(days=30)
    act(desk, "late", until=until.isoformat(), reason_code="illness")
    application.refresh_from_db()
    assert (application.status, application.late_until) == ("accepted", until)


def act(desk: Journey, name: str, **values: str) -> None:
    """Choose an act on the record page, fill in its form, and carry it out."""
    page = desk.page
    desk.follow(f"main .buttons a[href$='/{name}/']")
    desk.look(f"desk-{name}")
    for field, value in values.items():
        if page.evaluate("name => document.getElementsByName(name)[0].tagName", field) == "SELECT":
            page.select_option(f"[name={field}]", value)
        else:
            page.fill(f"[name={field}]", value)
    page.click("main form button.button[type=submit]")
    page.wait_for_selector(".messagelist .success")
    desk.look(f"desk-{name}-done")


def register(desk: Journey, application: Application) -> Student:
    desk.page.goto(f"/admin/enrollment/application/{application.public_id}/change/")
    act(desk, "register")
    application.refresh_from_db()
    assert application.student is not None
    return application.student


def approve(desk: Journey, asked: ChangeRequest) -> None:
    desk.page.goto("/admin/enrollment/changerequest/")
    desk.look("desk-requests")
    desk.follow(f"main a[href*='{asked.public_id}']")
    desk.look("desk-request")
    act(desk, "approve", decision_no="2026-7", decision_date=today().isoformat())
    asked.refresh_from_db()
    assert asked.status == "approved"


def check_in(journey: Journey, application: Application) -> None:
    page = journey.page
    page.goto("/portal/")
    journey.follow(".tasks a[href$='check-in/']")
    journey.look("check-in")
    page.click("main table form button")
    page.wait_for_selector(".note.good")
    application.refresh_from_db()
    assert application.status == "checked_in"


def ask_for_transfer(journey: Journey, student, evidence: Path) -> ChangeRequest:
    page = journey.page
    page.goto(f"/portal/students/{student.public_id}/")
    journey.look("student")
    journey.follow(".headline .button")
    journey.look("request-kinds")
    journey.follow("a[href$='/change_center/']")
    page.fill("#id_effective_date", (today() + dt.timedelta(days=30)).isoformat())
    page.fill("#id_new_center", "9999")
    page.select_option("#id_reason_code", index=1)
    page.fill("#id_reason", "工作调动")
    page.set_input_files("#id_evidence", evidence)
    page.click("button[name=submit]")
    page.wait_for_selector(".has-error #id_new_center")
    assert page.input_value("#id_reason") == "工作调动"
    journey.look("request-wrong-code")
    page.fill("#id_new_center", "0102")
    page.set_input_files("#id_evidence", evidence)
    page.click("button[name=submit]")
    page.wait_for_selector(".note.good")
    journey.look("request-handed-in")
    return ChangeRequest.objects.get()


def consent(journey: Journey, asked: ChangeRequest) -> None:
    """The other centre sees at home that its word is asked, and gives it."""
    page = journey.enter("theirs")
    journey.look("home-of-the-other")
    journey.follow(".tasks a[href*='status=asked']")
    journey.follow(f"a[href='/portal/requests/{asked.public_id}/']")
    journey.look("request-asked")
    page.click("button[name=agrees]")
    page.wait_for_selector(".note.good")
    assert set(asked.parties.values_list("consent", flat=True)) == {"given"}


def look_around(journey: Journey) -> None:
    journey.leave()
    page = journey.enter("mine")
    for path in ("", "applications/", "students/", "students/former/", "students/roster/", "requests/", "files/",
                 "notices/", "lists/", "lists/ask/", "password/"):  # fmt: skip
        answer = page.goto(f"/portal/{path}")
        assert answer is not None
        assert answer.status == 200, path
        journey.look(f"list-{path.strip('/').replace('/', '-') or 'home'}")


@pytest.mark.slow
def test_a_lost_connection_loses_nothing(transactional_db, browser, live_server):
    the_world()
    journey = Journey(browser, live_server.url, NARROW, "zh-hans")
    page = journey.enter("mine")
    page.goto("/portal/applications/new/")
    page.fill("#id_name", "欧阳娜娜")
    page.context.set_offline(True)
    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        page.goto("/portal/students/")
    page.context.set_offline(False)
    page.goto("/portal/applications/new/")
    page.wait_for_selector("p.note button")
    assert page.input_value("#id_name") == "欧阳娜娜"
    journey.leave()
    assert page.evaluate("Object.keys(localStorage).length") == 0, "a shared computer keeps nothing"


@pytest.mark.slow
def test_a_session_that_ends_by_itself_leaves_nothing_behind(transactional_db, browser, live_server):
    the_world()
    page = Journey(browser, live_server.url, NARROW, "zh-hans").enter("mine")
    page.goto("/portal/applications/new/")
    page.fill("#id_name", "欧阳娜娜")
    assert page.evaluate("Object.keys(localStorage).length") == 1
    Session.objects.all().delete()
    page.goto("/portal/applications/new/")
    page.wait_for_selector("#login-form")
    assert page.evaluate("Object.keys(localStorage).length") == 0


@pytest.mark.slow
def test_the_essentials_work_without_javascript(transactional_db, browser, live_server):
    the_world()
    draft = a_draft()
    page = browser.new_context(base_url=live_server.url, java_script_enabled=False, viewport=NARROW).new_page()
    page.goto("/portal/sign-in/")
    page.fill("#id_username", "mine")
    page.fill("#id_password", "correct horse")
    page.click("#login-form [type=submit]")
    page.click(".headline .button")
    page.select_option("#id_place", index=1)
    for name, value in {
        "id_no": ID_NO, "name": "王伟", "phone": draft.phone, "candidate_no": draft.candidate_no,
        "prior_school": draft.prior_school, "prior_certificate_no": draft.prior_certificate_no,
    }.items():  # fmt: skip
        page.fill(f"#id_{name}", value)
    page.click("button[name=submit]")
    application = Application.objects.get()
    assert (application.status, application.sex, str(application.birth_date)) == ("submitted", "male", "1990-03-07")


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_what_was_typed_outlives_a_lost_line_and_a_session_that_ended(transactional_db, browser, live_server):
    the_world()
    page = Journey(browser, live_server.url, NARROW, "en").enter("mine")
    page.goto("/portal/applications/new/")
    page.fill("#id_name", "王伟")
    page.context.set_offline(True)
    with page.expect_event("requestfailed"):
        page.click("button[name=save]", no_wait_after=True)
    page.context.set_offline(False)
    page.goto("/portal/applications/new/")
    assert page.input_value("#id_name") == "王伟", "a lost line"
    page.context.clear_cookies(name="sessionid")
    page.click("button[name=save]")
    page.fill("#id_username", "mine")
    page.fill("#id_password", "correct horse")
    page.click("#login-form [type=submit]")
    page.wait_for_selector("#id_name")
    assert page.input_value("#id_name") == "王伟", "a session that ended"
