"""Lists are decided on by people: one by one or many at once, and a withdrawal is only asked for."""

import re

import pytest
from django.urls import reverse

from common.dates import as_on
from enrollment.models import ChangeRequest, Student, WatchItem
from tests.builders import a_center, a_student, a_user, an_institution, day

pytestmark = pytest.mark.django_db
VERBS = ["view_students", "view_requests", "post_notice", "set_aside", "ask_for_withdrawal", "request_change"]


@pytest.fixture
def items() -> list[WatchItem]:
    """Three students who entered too long ago."""
    center = a_center(an_institution())
    return [
        WatchItem.objects.create(
            institution=center.institution, list="over_max", center=center, since=day("2025-09-01"),
            student=a_student(center, entered="2020-09-01"), found_on=day("2026-01-02"), facts={"max_years": "5"},
        )
        for _number in range(3)
    ]  # fmt: skip


@pytest.fixture
def registrar(items, client):
    verbs = ["admin.enter", *(f"enrollment.{verb}" for verb in VERBS)]
    client.force_login(
        a_user("registrar", *verbs, at=an_institution()), backend="django.contrib.auth.backends.ModelBackend"
    )
    with as_on(day("2026-03-01")):
        yield client


def page_of(item: WatchItem, act: str) -> str:
    return reverse(f"admin:enrollment_watchitem_{act}", args=[item.public_id])


def test_one_is_set_aside_with_its_reason(registrar, items):
    registrar.post(page_of(items[0], "aside"), {"until": "2026-09-01", "reason": "last examination in June"})
    items[0].refresh_from_db()
    assert (items[0].status, items[0].aside_until) == ("set_aside", day("2026-09-01"))
    assert "last examination in June" in registrar.get(page_of(items[0], "change")).content.decode()


def test_many_are_put_on_notice_with_a_preview(registrar, items):
    registrar.post(page_of(items[0], "aside"), {"until": "", "reason": "he is dead"})
    address = reverse("admin:enrollment_watchitem_many_notice")
    form = {"rows": " ".join(str(one.public_id) for one in items), "begin": "2026-03-02"}
    page = registrar.post(address, form).content.decode()
    assert "Possible for 2 of 3." in page
    assert WatchItem.objects.filter(status="noticed").count() == 0
    mark = re.search(r'name="confirmed" value="(\w+)"', page)[1]
    assert "Done: 2. Refused: 1." in registrar.post(address, form | {"confirmed": mark}).content.decode()
    assert {one.notice_end for one in WatchItem.objects.filter(status="noticed")} == {day("2026-03-29")}


def test_a_withdrawal_is_asked_for_after_the_notice(registrar, items):
    terms = {"effective_date": "2026-03-20", "reason": "over the maximum length"}
    registrar.post(page_of(items[0], "notice"), {"begin": "2026-03-02"})
    assert "over the maximum length" in registrar.post(page_of(items[0], "withdrawal"), terms).content.decode()
    assert not ChangeRequest.objects.exists()
    registrar.post(page_of(items[0], "withdrawal"), terms | {"effective_date": "2026-04-15"})
    assert ChangeRequest.objects.get().status == "submitted"
    assert {one.current_state for one in Student.objects.all()} == {"active"}
