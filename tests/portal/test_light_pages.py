"""A slow line carries a page: all of it, with its styles and scripts, stays under 100 kB before any compression."""

import re
from pathlib import Path

from django.contrib.staticfiles.finders import find
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.dates import as_on
from tests.applicants import a_place, an_application
from tests.builders import a_student, day, many_students
from tests.portal.conftest import client_of

MOST = 100_000
LISTS = [
    "home",
    "applications",
    "check_in_list",
    "students",
    "roster",
    "former_students",
    "requests",
    "files",
    "notices",
]
LINKED = re.compile(r'(?:<link rel="(?:stylesheet|icon)"[^>]*href|<script src)="/static/([^"]+)"')


def weight(page: str) -> int:
    with_it = sum(Path(find(name)).stat().st_size for name in set(LINKED.findall(page)))
    return len(page.encode()) + with_it


def addresses(place) -> list[str]:
    with as_on(day("2026-03-01")):
        a_place(place.mine, 60)
        application = an_application(place.mine, "draft")
        for _number in range(30):
            an_application(place.mine, "draft")
    student = a_student(place.mine, changes=(("suspend", "2025-03-01"), ("resume", "2025-09-01")))
    many_students(place.mine, 120, entered="2025-09-01")
    return [
        *(reverse(f"portal:{name}") for name in LISTS),
        reverse("portal:application_new"),
        reverse("portal:application", args=[application.public_id]),
        f"{reverse('portal:application_edit', args=[application.public_id])}?faults=1",
        reverse("portal:student", args=[student.public_id]),
        reverse("portal:request_new", args=[student.public_id, "change_major"]),
        reverse("portal:file_upload"),
        reverse("portal:password"),
    ]


def test_every_page_stays_under_a_hundred_kilobytes(place, client):
    heavy = {}
    for url in addresses(place):
        for language in ("en", "zh-hans"):
            page = client.get(url, headers={"accept-language": language})
            assert page.status_code == 200, url
            if weight(page.text) >= MOST:
                heavy[url, language] = weight(page.text)
    assert not heavy


def test_nothing_is_written_into_the_page_that_the_policy_forbids(place, client):
    for url in addresses(place):
        page = client.get(url).text
        assert not re.search(r"<script(?! src)|<style|\sstyle=|\son\w+=", page), url


def test_a_list_asks_as_often_for_many_rows_as_for_one(place):
    client, asked = client_of(place.coordinator), {}
    with as_on(day("2026-03-01")):
        a_place(place.mine, 60)
    for _turn in range(3):
        with as_on(day("2026-03-01")):
            an_application(place.mine, "submitted")
            an_application(place.mine, "accepted")
        a_student(place.mine, changes=(("change_center", "2025-03-01", {"new_center_id": place.theirs.pk}),))
        a_student(place.mine)
        for name in LISTS:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(reverse(f"portal:{name}")).status_code == 200
            asked.setdefault(name, []).append(len(captured))
    growing = {name: counts for name, counts in asked.items() if counts[-1] != counts[-2]}
    assert not growing, growing
    assert {name: counts[-1] for name, counts in asked.items() if counts[-1] > 24} == {}
