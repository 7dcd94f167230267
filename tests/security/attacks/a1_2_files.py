"""One registrar with a file: expel and graduate, rename by the same file again, and take back what two have decided."""

import re
import time
from typing import Any

from django.utils import timezone

from enrollment.models import Student, StudentChange
from exchange.importing import check_file, commit_file, receive_file
from exchange.models import ImportBatch, Job
from people.models import PersonFacts, User
from tests.builders import an_identity_number
from tests.security.site import AttackSucceeded, Browser, Site

NUMBER = "1.2"
NAME = "files round the second person"
CHANGES = "student_no,change_type,effective_date,decision_no,decision_date,reason"
STUDENTS = (
    "candidate_no,student_no,name,sex,birth_date,id_no,ethnicity,major_code,major_name,level_path,length,study_form,"
    "entry_date,center_code,prior_certificate_no"
)
PLAN = "batch,center_code,major_code,level_path,study_form,quota"
IMPORTS = "/admin/exchange/importbatch/"


def run(site: Site) -> int:
    begun = site.requests
    registrar, second = site.another("registrar"), site.another("second_registrar")
    _expel(site, registrar, second)
    _rename(site, registrar)
    _rename_whom_somebody_enters_meanwhile(site, registrar)
    _take_back(site, registrar)
    return site.requests - begun


def _expel(site: Site, registrar: User, second: User) -> None:
    """Stored by the uploader, approved by the uploader, approved blindly, approved from another institution."""
    victim, graduate = _students(site, 2)
    rows = (f"{victim.student_no},expel,2026-03-01,校1号,2026-02-01,", f"{graduate.student_no},graduate,2024-11-01,,,")
    browser = site.browser().sign_in(registrar.username)
    batch = _uploaded(site, browser, "status_changes", CHANGES, *rows)
    page = browser.get(_page(batch)).text
    _try_all(browser, batch, seen=re.search(r'name="seen" value="(\w+)"', page))
    _try_all(site.browser("foreigner"), batch)
    _try_all(site.browser("coordinator"), batch)
    site.browser().sign_in(second.username).post(f"{_page(batch, 'approve')}", {"seen": "0" * 64})
    _wait(site)
    _require_untouched(batch, "one registrar expelled and graduated by a file")


def _rename(site: Site, registrar: User) -> None:
    """The same file of new students again, with another name."""
    row = _entered(site, "王伟")
    browser = site.browser().sign_in(registrar.username)
    batch = _uploaded(site, browser, "new_students", STUDENTS, row.replace("王伟", "王薇"))
    _try_all(browser, batch)
    _wait(site)
    if PersonFacts.objects.current().filter(name="王薇").exists():
        raise AttackSucceeded("one registrar renamed a student by a file")


def _rename_whom_somebody_enters_meanwhile(site: Site, registrar: User) -> None:
    """Checked while nobody is known under the number; somebody else enters the student, then it is stored."""
    row = _entered(site, "李丽", store=False)
    browser = site.browser().sign_in(registrar.username)
    batch = _uploaded(site, browser, "new_students", STUDENTS, row.replace("李丽", "李莉"))
    _stored(site, "new_students", STUDENTS, row)
    _try_all(browser, batch)
    _wait(site)
    if PersonFacts.objects.current().filter(name="李莉").exists():
        raise AttackSucceeded("a file that became stale renamed a student")


def _take_back(site: Site, registrar: User) -> None:
    (student,) = _students(site, 1)
    batch = _stored(site, "status_changes", CHANGES, f"{student.student_no},expel,2026-03-01,校1号,2026-02-01,")
    browser = site.browser().sign_in(registrar.username)
    for _again in range(2):
        browser.get(_page(batch, "undo"))
        browser.post(_page(batch, "undo"))
    if not StudentChange.objects.in_force().filter(student=student).exists():
        raise AttackSucceeded("one registrar took back by its file what takes two people")


def _try_all(browser: Browser, batch: ImportBatch, seen: re.Match[str] | None = None) -> None:
    browser.get(_page(batch))
    for act in ("store", "approve", "check"):
        browser.post(_page(batch, act), {"seen": seen[1] if seen else ""})


def _require_untouched(batch: ImportBatch, told: str) -> None:
    batch.refresh_from_db()
    if (
        batch.status != ImportBatch.State.CHECKED
        or StudentChange.objects.filter(recorded_in__source=batch.public_id).exists()
    ):
        raise AttackSucceeded(told)


def _students(site: Site, count: int) -> list[Student]:
    fresh = Student.objects.current().filter(institution=site.home, changes__isnull=True)
    return list(fresh.order_by("-pk")[:count])


def _uploaded(site: Site, browser: Browser, kind: str, *lines: str) -> ImportBatch:
    browser.get(f"{IMPORTS}upload/")
    said = {"kind": kind, "institution": str(site.home.pk), "today": ""}
    browser.post(f"{IMPORTS}upload/", said, {"file": ("f.csv", "\n".join(lines).encode())})
    _wait(site)
    batch = ImportBatch.objects.filter(kind=kind).latest("pk")
    if batch.status != ImportBatch.State.CHECKED or batch.rejected:
        raise RuntimeError(f"the file was not checked as expected: {batch.status}, {batch.rejected} rejected")
    return batch


def _wait(site: Site) -> None:
    """Until the worker has done all that is asked of it, or has failed in it."""
    deadline = time.monotonic() + 30
    while Job.objects.unfinished().exists():
        if time.monotonic() > deadline:
            raise RuntimeError(site.worker.log.read_text()[-2000:])
        time.sleep(0.05)


def _stored(site: Site, kind: str, *lines: str) -> ImportBatch:
    """By the system user, as an operator does."""
    content = "\n".join(lines).encode()
    batch = receive_file(kind, "f.csv", content, by=User.objects.system(), institution=site.home)
    batch = commit_file(check_file(batch))
    if batch.status != ImportBatch.State.COMMITTED or batch.rejected:
        raise RuntimeError(f"{kind} could not be set up: {[one.code for one in batch.issues.all()]}")
    return batch


def _entered(site: Site, name: str, *, store: bool = True) -> str:
    """The row of a new student, who may be stored already."""
    center = site.centers[0].code
    _stored(site, "admission_plan", PLAN, f"2025-autumn,{center},081502,jc_to_ba,part_time,50")
    serial = f"{timezone.now().timestamp():.0f}{len(name)}{int(store)}"[-6:]
    row = (
        f"24320100{serial},T{serial},{name},男,1990-01-01,{an_identity_number()},汉族,081502,专业081502,专升本,2.5,非脱产,"
        f"2025-09-01,{center},116971201206{serial}"
    )
    if store:
        _stored(site, "new_students", STUDENTS, row)
    return row


def _page(batch: Any, act: str = "change") -> str:
    return f"{IMPORTS}{batch.public_id}/{act}/"
