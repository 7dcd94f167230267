"""Taking many persons' data away without the guard: files given back, reveals in a row, leafing, letters, statistics."""

import io
import re
import time

import openpyxl
from django.urls import reverse

from common.models import AuditEvent
from enrollment.models import Student
from exchange.models import ImportBatch, Job
from people.models import Disclosure, IdentityDocument, Notice
from people.services.limits import Kind
from tests.security.site import AttackSucceeded, Browser, Site

PURPOSE = "diplomas of the June conferral"
HEAD = "学号,姓名,异动类型,生效日期,异动原因,备注"
WHOLE = re.compile(r"\d{17}[\dX]")
NAME = "bulk"
NUMBER = "1.5"


def run(site: Site) -> int:
    before = site.requests
    registrar = site.another("registrar")
    browser = Browser(site).sign_in(registrar.username)
    _file_given_back(site, browser)
    _reveals(site, browser, registrar)
    _leafing(browser, registrar)
    _statistics(site, browser, registrar)
    _letters(browser)
    return site.requests - before


def _file_given_back(site: Site, browser: Browser) -> None:
    numbers = list(IdentityDocument.objects.filter(person__institution=site.home)[:20])
    rows = [f"20240000{place:04},王伟,休学,2025-03-01,{one.number},{one.number}" for place, one in enumerate(numbers)]
    content = "\n".join([HEAD, *rows]).encode()
    upload = reverse("admin:exchange_importbatch_upload")
    browser.get(upload)
    said = {"institution": site.home.pk, "kind": "status_changes", "today": ""}
    browser.post(upload, said, {"file": ("changes.csv", content)})
    batch = _checked(site)
    page = browser.get(reverse("admin:exchange_importbatch_change", args=[batch.public_id])).text
    given = browser.get(reverse("admin:exchange_importbatch_workbook", args=[batch.public_id])).body
    cells = [str(cell.value) for row in openpyxl.load_workbook(io.BytesIO(given)).active.iter_rows() for cell in row]
    if found := [one for one in [*cells, page] if WHOLE.search(one)]:
        raise AttackSucceeded(f"an import gave {len(found)} texts with whole numbers without right or reason")


def _checked(site: Site) -> ImportBatch:
    for _attempt in range(150):
        batch = ImportBatch.objects.filter(institution=site.home, name="changes.csv").order_by("-pk").first()
        if batch and batch.status == ImportBatch.State.CHECKED:
            return batch
        time.sleep(0.2)
    raise TimeoutError("the worker did not check the file")


def _reveals(site: Site, browser: Browser, registrar) -> None:
    documents = list(IdentityDocument.objects.filter(person__institution=site.home).select_related("person")[:40])

    def shown(document: IdentityDocument, reason: str) -> bool:
        url = reverse("admin:people_person_reveal", args=[document.person.public_id])
        asked = {"kind": "document", "key": document.pk, "reason": reason}
        return document.number in browser.post(url, asked).text

    for hollow in ("work", "工作需要", "aaaa"):
        if shown(documents[0], hollow):
            raise AttackSucceeded(f"a number was shown for the reason {hollow!r}")
    seen = sum(shown(one, PURPOSE) for one in documents)
    if seen > 30:
        raise AttackSucceeded(f"{seen} numbers were shown in clear in a row")
    _told(site, registrar, Kind.REVEAL)


def _leafing(browser: Browser, registrar) -> None:
    url = reverse("admin:enrollment_student_changelist")
    Disclosure.objects.create(user=registrar, kind=Kind.LISTED, amount=2960, page="elsewhere")
    pages = [browser.get(url, {"state": state, "p": page}) for state in ("active", "suspended") for page in (1, 2, 3)]
    names = sum(one.text.count('class="action-select"') for one in pages if one.status == 200)
    if names > 40:
        raise AttackSucceeded(f"{names} more students were leafed through above the limit")
    if not AuditEvent.objects.filter(verb="people.reach_limit", actor=registrar, detail={"kind": "listed"}).exists():
        raise AttackSucceeded("leafing through the students alarmed nobody")


def _told(site: Site, registrar, kind: str) -> None:
    told = Notice.objects.filter(kind="limit_reached", user=site.users["auditor"], subject_id=registrar.public_id)
    if not told.exists():
        raise AttackSucceeded(f"no auditor was told of the limit of {kind}")


def _statistics(site: Site, browser: Browser, registrar) -> None:
    url = reverse("admin:reporting_statisticsrun_new")
    for year in range(1990, 2026):
        browser.post(url, {"institution": site.home.pk, "as_of": f"{year}-06-01", "standard": "on"}, follow=False)
    jobs = Job.objects.filter(task="reporting.compute_run", requested_by=registrar).count()
    if jobs > 30:
        raise AttackSucceeded(f"one person had {jobs} statistics computed within an hour")


def _letters(browser: Browser) -> None:
    """Whatever stands in the address: nothing is printed by opening it."""
    page = browser.get(reverse("admin:enrollment_application_notices"), {"row": str(Student.objects.first().public_id)})
    if "notice-sheet" in page.text:
        raise AttackSucceeded("admission notices were printed by opening an address")
