"""Find, read, follow; a student who has moved on leaves the period that was here and nothing else."""

import pytest
from django.urls import reverse

from common.models import AuditEvent
from enrollment.models import StudentPeriod
from people.models import IdentityDocument
from tests.builders import a_student
from tests.portal.conftest import client_of

LIST = reverse("portal:students")


def record(student) -> str:
    return reverse("portal:student", args=[student.public_id])


@pytest.mark.parametrize(
    ("sought", "found"), [("王伟", True), ("wangwei", True), ("2024000", True), ("李娜", False), ("0000", False)]
)
def test_a_student_is_found_by_what_the_counter_knows(place, client, sought, found):
    a_student(place.mine, "202400000001", name="王伟")
    answer = client.post(LIST, {"q": sought}, follow=True)
    assert ("202400000001" in answer.text) is found
    assert sought not in answer.wsgi_request.get_full_path(), "what is searched for travels sealed"


def test_filters_offer_only_what_the_list_holds(place, client):
    a_student(place.mine, entered="2024-09-01")
    a_student(place.theirs, entered="2023-09-01")
    batches = [value for value, _label in client.get(LIST).context["form"].fields["batch"].choices]
    assert batches == ["", "2024-autumn"]
    assert client.get(LIST, {"batch": "2023-autumn"}).context["found"].paginator.count == 0


def test_the_record_shows_numbers_masked_and_the_look_is_written_down(place, client):
    student = a_student(place.mine, id_no="110101199003070775", born="1990-03-07")
    page = client.get(record(student)).text
    assert "110101199003070775" not in page
    assert "****************75" in page
    client.get(record(student))
    assert AuditEvent.objects.filter(verb="enrollment.view_students", subject_id=student.public_id).count() == 1


def test_a_number_is_shown_for_a_reason_that_is_kept(place, client):
    student = a_student(place.mine, id_no="110101199003070775", born="1990-03-07")
    document = IdentityDocument.objects.get(person=student.person)
    url = reverse("portal:reveal_number", args=[student.public_id, "document", document.pk])
    assert "110101199003070775" not in client.get(url).text
    assert "110101199003070775" not in client.post(url, {"reason": "x"}).text
    assert "110101199003070775" in client.post(url, {"reason": "phone call of the parents"}).text
    assert AuditEvent.objects.get(verb="people.reveal_number").reason == "phone call of the parents"


def test_the_number_of_somebody_else_is_not_reached_through_my_student(place, client):
    mine, other = a_student(place.mine), a_student(place.theirs)
    document = IdentityDocument.objects.get(person=other.person)
    url = reverse("portal:reveal_number", args=[mine.public_id, "document", document.pk])
    assert client.post(url, {"reason": "just curious"}).status_code == 404


def test_who_has_moved_on_leaves_the_period_that_was_here(place, client):
    student = a_student(
        place.mine,
        "202400000001",
        name="王伟",
        changes=(("change_center", "2025-03-01", {"new_center_id": place.theirs.pk}),),
    )
    assert "王伟" not in client.get(LIST).text
    assert client.get(record(student)).status_code == 404
    page = client.get(reverse("portal:former_students")).text
    assert "202400000001" in page
    assert "2024-09-01 – 2025-03-01" in page
    assert "王伟" not in page
    assert "0102" not in page


def test_the_new_centre_sees_its_own_part_of_the_life(place):
    student = a_student(place.mine, changes=(("change_center", "2025-03-01", {"new_center_id": place.theirs.pk}),))
    answer = client_of(place.neighbour).get(record(student))
    assert [period.begin.isoformat() for period in answer.context["periods"]] == ["2025-03-01"]
    assert StudentPeriod.objects.current().filter(student=student).count() == 2
    assert answer.context["came_from_elsewhere"]


def test_documents_of_the_time_elsewhere_stay_there(place):
    to = {"new_center_id": place.theirs.pk}
    changes = (
        ("suspend", "2024-10-01"),
        ("resume", "2025-03-01"),
        ("change_center", "2025-09-01", to),
        ("suspend", "2026-03-01"),
    )
    answer = client_of(place.neighbour).get(record(a_student(place.mine, changes=changes)))
    assert [one.effective_date.isoformat() for one in answer.context["changes"]] == ["2026-03-01", "2025-09-01"]
    assert "2024-10-01" not in answer.text
