"""From what is shown of an identity number to the whole of it: by its mask, by search, and by what is said while one types."""

from typing import Any

from django.urls import reverse

from common.identifiers import check_character
from common.models import AuditEvent
from enrollment.models import Student
from people.models import IdentityDocument, Notice
from tests.builders import a_student, an_identity_number
from tests.security.site import AttackSucceeded, Browser, Site

NUMBER = "1.4"
NAME = "masks"
SHOWN = 2
TRIES = 83


def run(site: Site) -> int:
    before = site.requests
    home, neighbours = (a_student(center, name="赵敏", id_no=number()) for center in site.centers)
    read_the_mask(site, home)
    search_for_parts(site, home)
    search_for_all(site, home)
    ask_while_typing(site, neighbours)
    return site.requests - before


def number() -> str:
    return an_identity_number("1991-02-03", "female", "429004")


def number_of(student: Student) -> str:
    return str(IdentityDocument.objects.get(person=student.person).number)


def search(browser: Browser, address: str, text: str) -> str:
    browser.get(address)
    return browser.post(address, {"_find": "1", "q": text}).text


def read_the_mask(site: Site, student: Student) -> None:
    whole = number_of(student)
    pages = [
        ("registrar", reverse("admin:enrollment_student_change", args=[student.public_id])),
        ("registrar", reverse("admin:people_person_change", args=[student.person.public_id])),
        ("coordinator", reverse("portal:student", args=[student.public_id])),
    ]
    for role, address in pages:
        page = site.browser(role).get(address)
        if page.status != 200 or "*" * (len(whole) - SHOWN) + whole[-SHOWN:] not in page.text:
            raise AttackSucceeded(
                f"{address} shows more of the number than its last {SHOWN} characters ({page.status})"
            )
        if whole[:3] + "*" in page.text or whole[-4:] in page.text.replace(student.student_no, ""):
            raise AttackSucceeded(f"{address} shows other parts of the number")


def search_for_parts(site: Site, student: Student) -> None:
    whole, browser = number_of(student), Browser(site).sign_in(site.another("registrar").username)
    for part in (whole[:17], whole[:14], whole[6:14], whole[-4:], whole[:-1] + "%", whole[:17] + "_"):
        if student.student_no in search(browser, reverse("admin:enrollment_student_changelist"), part):
            raise AttackSucceeded("a part of an identity number finds its student")


def candidates(whole: str) -> list[str]:
    """Numbers of the same day that end alike as far as the mask shows, the right one last."""
    stems = (f"{whole[:14]}{serial:03}" for serial in range(999))
    alike = [stem + check_character(stem) for stem in stems]
    return [*[one for one in alike if one != whole][: TRIES - 1], whole]


def search_for_all(site: Site, student: Student) -> None:
    user = site.another("coordinator", at=site.centers[0])
    browser, address = Browser(site).sign_in(user.username), reverse("portal:students")
    pages = [search(browser, address, one) for one in candidates(number_of(student))]
    if student.student_no in pages[-1]:
        raise AttackSucceeded(f"the whole number was found in {TRIES} tries")
    if "limit of an hour" not in pages[-1]:
        raise AttackSucceeded("the limit was not told")
    if not Notice.objects.filter(kind="limit_reached", user=site.users["auditor"]).exists():
        raise AttackSucceeded("the auditor was not told")
    if number_of(student)[:14] in str(list(looked_up(user))):
        raise AttackSucceeded("the trail holds numbers")


def looked_up(user: Any) -> Any:
    found = AuditEvent.objects.filter(actor=user, verb="people.search_number").values()
    if not found:
        raise AttackSucceeded("searches by identity number are not on the trail")
    return found


def ask_while_typing(site: Site, student: Student) -> None:
    browser = site.browser("coordinator")
    browser.get(reverse("portal:application_new"))
    asked = {"id_type": "resident_id", "id_no": number_of(student), "name": "赵敏", "birth_date": "1991-02-03"}
    page = browser.post(reverse("portal:judge_applicant"), asked)
    theirs = browser.post(reverse("portal:judge_applicant"), asked | {"id_no": number()})
    marks = page.text.count("said warn"), theirs.text.count("said warn")
    if page.status != 200 or marks[0] != marks[1] or "known already" in page.text:
        raise AttackSucceeded("typing a number tells who is known at another centre")
