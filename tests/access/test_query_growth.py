"""A list asks the database as often for two rows as for one, and never for all of a big table."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.admin.paging import CappedPaginator
from common.ledger import recording
from enrollment.models import Student
from tests.access.rights import ALL_VERBS
from tests.access.world import apply_and_ask
from tests.applicants import a_place
from tests.builders import a_center, a_student, a_user, an_institution, the_system

pytestmark = pytest.mark.django_db
LISTS = [
    "enrollment_student", "enrollment_studentchange", "people_person", "learning_centers_learningcenter",
    "common_auditevent", "common_recording", "people_user", "people_membership", "enrollment_application",
    "enrollment_changerequest", "enrollment_changecase", "enrollment_watchitem", "enrollment_entitlementcheck",
    "enrollment_checklistitem", "enrollment_reasonsetting", "enrollment_entrybatch", "enrollment_admissionplace", "exchange_export",
]  # fmt: skip


def queries(client, url: str) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return [query["sql"] for query in captured]


@pytest.mark.parametrize("name", LISTS)
def test_as_many_queries_for_more_rows(name, client):
    client.force_login(
        a_user("reader", *ALL_VERBS, at=an_institution()), backend="django.contrib.auth.backends.ModelBackend"
    )
    url = reverse(f"admin:{name}_changelist")

    def more(code: str) -> None:
        student = a_student(a_center(an_institution(), code), changes=(("suspend", "2025-03-01"),))
        place = a_place(student.current_center)
        with recording(an_institution(), by=the_system(), reason="tests.populate") as entry:
            apply_and_ask(entry, code, place.batch, place.center_offering, student)
        a_user(f"user-{code}", *ALL_VERBS, at=an_institution())

    more("0101")
    queries(client, url)
    one = queries(client, url)
    more("0102")
    more("0103")
    assert len(queries(client, url)) == len(one) <= 12


def test_the_record_of_a_student_asks_at_most_fourteen_times_and_once_to_count_the_look(client):
    client.force_login(
        a_user("reader", *ALL_VERBS, at=an_institution()), backend="django.contrib.auth.backends.ModelBackend"
    )
    student = a_student(a_center(an_institution()), changes=(("suspend", "2025-03-01"), ("resume", "2025-09-01")))
    url = reverse("admin:enrollment_student_change", args=[Student.objects.get(pk=student.pk).public_id])
    queries(client, url)
    asked = queries(client, url)
    assert len(asked) <= 15
    assert len([one for one in asked if "people_disclosure" in one]) == 1


def test_far_pages_are_out_of_reach_and_the_total_is_an_estimate(monkeypatch):
    monkeypatch.setattr("common.admin.paging.REACHABLE_ROWS", 3)
    center = a_center(an_institution())
    for _number in range(5):
        a_student(center)
    paginator = CappedPaginator(Student.objects.order_by("-id"), 2)
    assert (paginator.is_estimate, paginator.count, paginator.num_pages) == (True, 3, 2)
    assert paginator.total > paginator.count
    assert len(paginator.page(2).object_list) == 1
    with CaptureQueriesContext(connection) as captured:
        list(paginator.page(2).object_list)
    assert not [query for query in captured if 'COUNT(*) AS "__count" FROM "enrollment_student"' in query["sql"]]
