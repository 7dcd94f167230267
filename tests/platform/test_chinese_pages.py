"""The main pages as a registrar reads them in Chinese: no English is left over outside of data and codes."""

import re
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.core.management import call_command
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation

from enrollment.admission.checklist import shipped_items
from enrollment.models import Student, StudentChange
from enrollment.records.reasons import shipped_reasons
from exchange.models import ImportBatch, ImportIssue
from people.models import Person, Role, User
from reporting.models import FrozenReturn, StatisticsRun
from tests.access.matrix import RIGHTFUL, address
from tests.access.world import OWN, build_world

CHINESE = "zh-hans"
WORD = re.compile(r"[A-Za-z]{3,}")
ALLOWED = re.compile(
    r"ceportal|xlsx|xls|ods|csv|dbf|txt|tsv|JPEG|PNG|PDF|png|MiB|UTF|ISCED"  # the product, kinds of files, names of standards
    r"|center:|school:|OWN\d*|SISTER\d*|passport E|\d{4}-(spring|autumn)|\{\w+[:\d]*\}"  # typed as they stand
    r"|registrar|coordinator|system|role-\d+|^English$"  # names of users and roles in the world of the tests, of languages
    r"|[a-z_]+\.[a-z_]+|[0-9a-f]{8}[0-9a-f-]*|Asia/Shanghai|(application|image)/\w+"
    # codes of acts and figures, digests, zones, types of files
)
READ_ALOUD = ("aria-label", "title", "placeholder", "alt")
SILENT = {"script", "style", "code"}


class Reader(HTMLParser):
    """All that is seen or read aloud on a page, but codes and text that says that it is in another language."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.hushed: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        said = dict(attributes)
        self.said += [said[name] or "" for name in READ_ALOUD if name in said]
        if tag == "input" and said.get("type") in ("submit", "button"):
            self.said.append(said.get("value") or "")
        if self.hushed or tag in SILENT or said.get("lang") == "en":
            self.hushed.append(tag) if tag not in ("input", "br", "img", "meta", "link") else None

    def handle_endtag(self, tag: str) -> None:
        if self.hushed and self.hushed[-1] == tag:
            self.hushed.pop()

    def handle_data(self, data: str) -> None:
        if not self.hushed:
            self.said.append(data)


def english_on(page: str) -> set[str]:
    reader = Reader()
    reader.feed(page)
    return {text.strip() for text in reader.said if WORD.search(ALLOWED.sub("", text))}


def test_english_is_found():
    page = '<p title="A title">学生 <b>Student</b> <code>deg.stock</code> <i lang="en">Back</i> 1 xlsx</p>'
    page += '<input value="Go there" type="submit">'
    assert english_on(page) == {"A title", "Student", "Go there"}


def test_the_catalogue_is_complete(capsys):
    call_command("messages", "--check")


@pytest.mark.parametrize(
    "name", ["400.html", "403.html", "403_csrf.html", "404.html", "409.html", "500.html", "lockout.html"]
)
def test_pages_of_trouble_are_chinese(name):
    with translation.override(CHINESE):
        assert english_on(render_to_string(name, {"reference": "01a2"})) == set()


def page_of(row) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=(row.public_id,))


def main_pages(world) -> list[str]:
    student = Student.objects.current().get(student_no="OWN000000")
    run = StatisticsRun.objects.get(institution=world.home)
    of_run = (run.public_id,)
    lists = ["enrollment_student", "enrollment_studentchange", "people_person", "learning_centers_learningcenter",
             "enrollment_admissionplace", "exchange_importbatch", "reporting_statisticsrun", "reporting_frozenreturn",
             "common_auditevent", "learning_centers_lineageevent"]  # fmt: skip
    records = [
        student, student.person, world.centers[OWN], run,
        *(model.objects.filter(institution=world.home).first() for model in (StudentChange, ImportBatch, FrozenReturn)),
    ]  # fmt: skip
    return [
        reverse("admin:index"),
        reverse("admin:password_change"),
        *(reverse(f"admin:{name}_changelist") for name in lists),
        *(page_of(row) for row in records),
        f"{reverse('admin:enrollment_student_many_ask')}?row={student.public_id}",
        reverse("admin:exchange_importbatch_upload"),
        reverse("admin:reporting_statisticsrun_new"),
        f"{reverse('admin:reporting_statisticsrun_records', args=of_run)}?indicator=deg.stock",
        f"{reverse('admin:reporting_statisticsrun_why', args=of_run)}?indicator=deg.stock&student_no=OWN000000",
        reverse("admin:people_person_duplicates"),
        reverse("institutions"),
        reverse("institution_profile", args=(world.home.code,)),
    ]


@pytest.mark.django_db
def test_main_pages_are_chinese():
    world = build_world()
    batch = ImportBatch.objects.filter(institution=world.home).first()
    ImportIssue.objects.create(batch=batch, row=4, column="id_no", code="id_check_digit", severity="error", value="x")
    visitor = Client(headers={"accept-language": CHINESE})
    assert english_on(visitor.get(reverse("admin:login")).text) == set()
    visitor.force_login(world.users["registrar"], backend=settings.AUTHENTICATION_BACKENDS[-1])
    pinyin = set(Person.objects.values_list("pinyin", flat=True))
    left_over = {}
    for url in main_pages(world):
        answer = visitor.get(url)
        assert answer.status_code == 200, url
        assert f'lang="{CHINESE}"' in answer.text, url
        if found := english_on(answer.text) - pinyin:
            left_over[url] = found
    assert not left_over, "\n".join(f"{url}: {found}" for url, found in left_over.items())


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("reader", ["registrar", "coordinator"])
def test_every_page_is_chinese(reader):
    world = build_world()
    visitor = Client(headers={"accept-language": CHINESE})
    visitor.force_login(world.users[reader], backend=settings.AUTHENTICATION_BACKENDS[-1])
    names = {
        *Person.objects.values_list("pinyin", flat=True),
        *User.objects.values_list("username", flat=True),
        "own-own",
    }
    names |= {item.code for item in shipped_items()} | {code for _act, code in shipped_reasons()}
    names |= set(Role.objects.values_list("code", flat=True))
    left_over = {}
    for route in RIGHTFUL:
        url = address(world, route, OWN)
        answer = visitor.get(url) if url else None
        shown = answer and answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
        if shown and (found := english_on(answer.text) - names):
            left_over[url] = found
    assert not left_over, "\n".join(f"{url}: {found}" for url, found in left_over.items())
