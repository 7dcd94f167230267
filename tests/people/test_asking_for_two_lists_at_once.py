"""Two lists asked for in the same moment see each other: together they are within the limit or wait for a second person."""

import pytest

from learning_centers.services.rules import Setting, set_rule
from people.services.exporting import ask_for_export
from tests.beside import one_after_the_other
from tests.builders import a_center, a_student, a_user, an_institution, the_system

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_second_of_two_lists_waits_for_the_first_and_then_for_a_second_person():
    center = a_center(an_institution())
    set_rule(center.institution, Setting("export_rows_alone", 1, "tests"), by=the_system())
    for year in ("2023", "2024"):
        a_student(center, entered=f"{year}-09-01")
    asker = a_user("asker", "people.ask_for_export", "enrollment.view_students", at=center)

    def asked(batch: str) -> str:
        terms = {"reason": "class lists for the exam", "center": center, "by": asker}
        return ask_for_export("roster", {"batch": batch}, **terms).status

    assert one_after_the_other(lambda: asked("2023-autumn"), lambda: asked("2024-autumn")) == "waiting"
