"""All students whom the filters choose, on paper: counted like a file that is taken out, and within the same limit."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.models import AuditEvent
from exchange.models import Export
from learning_centers.services.rules import Setting, set_rule
from people.services.exporting import ask_for_export
from people.services.roles import shipped_roles
from tests.builders import a_center, a_student, a_user, many_students, the_system
from tests.portal.conftest import client_of

ROSTER, PRINT = reverse("portal:roster"), reverse("portal:roster_print")
WHY = {"reason": "for the examination"}


def limit(institution, rows: int) -> None:
    set_rule(institution, Setting("export_rows_alone", rows, "tests"), by=the_system())


def test_the_screen_shows_a_hundred_and_the_paper_all(place, client):
    many_students(place.mine, 103, entered="2025-09-01")
    a_student(place.mine, "209900000001", entered="2024-09-01")
    a_student(place.theirs, "209900000002")
    assert client.get(ROSTER).text.count("2025-autumn</td>") <= 100
    assert "Print all 104" in client.get(ROSTER).text
    page = client.post(PRINT, WHY | {"state": "present", "batch": "2025-autumn"})
    ((where, mark, students),) = page.context["sheets"]
    assert (where, len(students)) == (place.mine, 103)
    assert all(word in mark for word in ("mine", WHY["reason"]))
    assert "209900000001" not in page.text
    assert "209900000002" not in page.text
    assert f'name="next" value="{ROSTER}"' in page.text, "another language is asked for on a page that can be read"


def test_it_is_counted_with_its_reason(place, client):
    a_student(place.mine)
    assert "This field is required." in client.post(PRINT, {"state": "present"}).text
    assert "Say what the list is for." in client.post(PRINT, {"reason": "x", "state": "present"}).text
    assert not Export.objects.exists()
    client.post(PRINT, WHY | {"state": "present"})
    printed = Export.objects.get()
    assert (printed.status, printed.rows, printed.center, printed.content) == ("printed", 1, place.mine, None)
    told = AuditEvent.objects.get(verb="people.print_list")
    assert (told.actor, told.reason, told.detail["rows"]) == (place.coordinator, WHY["reason"], 1)
    assert "printed" in client.get(reverse("portal:exports")).text


@pytest.mark.parametrize("filters", [{"state": "gone"}, {"state": "present", "batch": "1999-autumn"}])
def test_what_the_screen_does_not_show_is_not_printed(place, client, filters):
    a_student(place.mine, "209900000001")
    assert "209900000001" not in client.get(ROSTER, filters).text
    assert "209900000001" not in client.post(PRINT, WHY | filters).text
    assert not Export.objects.exists()


def test_a_long_one_is_asked_for_as_a_file(place, client):
    many_students(place.mine, 3, entered="2025-09-01")
    limit(place.mine.institution, 2)
    page = client.post(PRINT, WHY | {"state": "", "batch": "2025-autumn"})
    assert "So many rows are not printed at once" in page.text
    assert WHY["reason"] in page.text
    asked = client.get(f"{reverse('portal:export_ask')}?states=suspended&batch=2025-autumn").context["form"]
    assert (asked["states"].value(), asked["batch"].value()) == (["suspended"], "2025-autumn")
    assert not Export.objects.exists()


def test_paper_and_files_of_a_day_count_together(place, client):
    many_students(place.mine, 2, entered="2025-09-01")
    many_students(place.mine, 2, entered="2024-09-01")
    limit(place.mine.institution, 3)
    for _again in range(2):
        assert "sheets" in client.post(PRINT, WHY | {"state": "present", "batch": "2025-autumn"}).context
    terms = {"batch": "2024-autumn"}
    waiting = ask_for_export("roster", terms, reason=WHY["reason"], center=place.mine, by=place.coordinator)
    assert waiting.status == "waiting"


@pytest.mark.parametrize(
    "verbs", [["portal.enter", "enrollment.view_students"], ["portal.enter", "people.ask_for_export"]]
)
def test_who_may_only_look_or_only_ask_prints_nobody(place, verbs):
    a_student(place.mine, "209900000001")
    onlooker = client_of(a_user("onlooker", *verbs, at=place.mine))
    answer = onlooker.post(PRINT, WHY | {"state": "present"})
    assert "209900000001" not in answer.text
    assert not Export.objects.exists()


def test_the_page_asks_no_more_for_more_centres(place):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            client.get(ROSTER)
        return len(queries)

    client = client_of(a_user("of-all", *shipped_roles()["coordinator"]["verbs"], at=place.mine.school))
    client.get(ROSTER)
    before = asked()
    for code in ("0103", "0104", "0105"):
        a_center(place.mine.institution, code)
    assert asked() == before


def test_the_neighbour_prints_the_own_centre_alone(place):
    a_student(place.mine, "209900000001")
    a_student(place.theirs, "209900000002")
    page = client_of(place.neighbour).post(PRINT, WHY | {"state": "present"}).text
    assert "209900000002" in page
    assert "209900000001" not in page
