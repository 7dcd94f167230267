"""Files that come again after staff have recorded by hand what became of schools, centres and majors."""

import pytest

from common.dates import PartialDate
from exchange.importing import result_of
from learning_centers.models import LearningCenter, School
from learning_centers.services import Act, SchoolDraft, found_school, merge_schools, withdraw_major
from tests.builders import day, the_system
from tests.exchange.importing import import_base, imported
from tests.exchange.samples import FOLDER

pytestmark = pytest.mark.django_db
CENTERS, MAJORS = "base/02_learning_centers.csv", "base/01_schools_and_majors.csv"


def counts(kind, file):
    result = result_of(imported(kind, file))
    return {name: result[name] for name in ("created", "updated", "rejected")}


@pytest.fixture
def center():
    import_base()
    return LearningCenter.objects.current().filter(filed_majors__isnull=False).order_by("pk").first()


def test_a_major_that_was_withdrawn_is_filed_again_from_then_on(center):
    filed = center.filed_majors.current().order_by("pk").first()
    withdraw_major(center, filed.major, on=day("2024-03-01"), by=the_system())
    assert counts("learning_centers", CENTERS) == {"created": 0, "updated": 1, "rejected": 0}
    rows = center.filed_majors.current().filter(major=filed.major).order_by("begin")
    assert {(row.begin, row.end) for row in rows} == {(filed.begin, day("2024-03-01")), (day("2024-03-01"), None)}
    assert counts("learning_centers", CENTERS) == {"created": 0, "updated": 0, "rejected": 0}


def test_a_reorganisation_by_hand_is_none_of_the_file(center):
    institution = center.institution
    other = found_school(institution, SchoolDraft(code="X", name="网络学院"), by=the_system())
    old = School.objects.current().filter(institution=institution).exclude(pk=other.pk)
    merged = merge_schools(
        [*old, other], SchoolDraft(code="N", name="新学院"), act=Act(on=PartialDate.parse("2024-03")), by=the_system()
    )
    for kind, file in (("schools_and_majors", MAJORS), ("learning_centers", CENTERS)):
        assert counts(kind, file) == {"created": 0, "updated": 0, "rejected": 0}
    center.refresh_from_db()
    assert center.school == merged


def test_where_every_school_is_closed_no_new_centre_comes_in(center):
    schools = list(School.objects.current().filter(institution=center.institution))
    School.objects.filter(pk__in=[one.pk for one in schools]).update(closed_on=day("2024-03-01"))
    lines = (FOLDER / CENTERS).read_text().splitlines()
    row = next(line for line in lines if center.code in line.split(","))
    content = "\n".join([lines[0], row.replace(center.code, "9876")]).encode()
    result = result_of(imported("learning_centers", "centers.csv", content))
    assert (result["created"], result["rejected"]) == (0, 1)
