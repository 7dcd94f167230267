"""A centre moves to another province: its places count there for every batch that begins on that day or later
(docs/rules.md §2.3)."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from common.dates import as_on
from common.errors import DomainError, NotAllowed
from common.ledger import recording
from enrollment.services import move_center, set_places
from learning_centers.services import Place, move_place
from tests.applicants import a_batch, a_place, an_offering
from tests.builders import a_center, a_user, an_institution, day, the_system
from tests.enrollment.asking import refused
from tests.enrollment.test_planning_a_batch import plan
from tests.exchange.importing import imported

pytestmark = pytest.mark.django_db
GUANGDONG = Place(province_code="440000")
FIRST_DAY = day("2026-03-01")


@pytest.fixture
def moving():
    """A centre in Hunan with 30 places in the spring of 2026; Guangdong has a plan of 40 and another centre with 20."""
    institution = an_institution()
    center, other = a_center(institution), a_center(institution, "0102", province="440000")
    a_place(center, 30)
    a_place(other, 20)
    plan(institution, 40, "440000")
    return center


def provinces(center):
    known = center.periods.current().order_by(F("begin").asc(nulls_first=True))
    return list(known.values_list("site__province_code", flat=True))


@pytest.mark.parametrize("on", ["2025-10-01", "2026-03-01"])
def test_a_move_before_the_batch_begins_is_refused_where_the_plan_has_no_room(moving, on):
    with pytest.raises(DomainError) as refusal:
        move_center(moving, GUANGDONG, on=day(on), by=the_system())
    assert refusal.value.code == "plan_exceeded"
    assert "50 places, the plan has 40" in str(refusal.value)
    assert provinces(moving) == ["430000"]


def test_a_batch_that_has_begun_before_the_move_stays_where_it_was(moving):
    move_center(moving, GUANGDONG, on=day("2026-03-02"), by=the_system())
    assert provinces(moving) == ["430000", "440000"]
    with refused("plan_exceeded"):
        plan(moving.institution, 29)
    plan(moving.institution, 30)


def test_a_move_ahead_counts_from_now_on(moving):
    """Judged once, when it is recorded: the day itself brings no surprise."""
    plan(moving.institution, 50, "440000")
    with as_on(day("2025-09-01")):
        move_center(moving, GUANGDONG, on=day("2025-12-01"), by=the_system())
        assert moving.province_code == "430000"
        with refused("plan_exceeded"):
            set_places(a_batch(moving.institution), an_offering(moving), 31, by=the_system())
        result = imported("admission_plan", "plan.csv", PLAN_FILE.encode())
        assert list(result.issues.values_list("code", flat=True)) == ["plan_exceeded"]


PLAN_FILE = "批次,教学点代码,专业代码,层次,学习形式,计划数\n2026春,0101,081502,专升本,非脱产,31"


def test_the_database_says_the_same(moving):
    with recording(moving.institution, by=the_system(), reason="tests.move") as entry:
        move_place(moving, GUANGDONG, on=FIRST_DAY, entry=entry)
    with pytest.raises(IntegrityError, match="provincial plan"), transaction.atomic():
        connection.check_constraints()
    transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_a_file_that_corrects_the_province_is_refused_as_a_whole(moving):
    text = "教学点代码,学校代码,教学点名称,类型,省份,状态\n0101,11414,教学点0101,校本部,440000,正常"
    with refused("plan_exceeded"):
        imported("learning_centers", "centers.csv", text.encode())
    assert provinces(moving) == ["430000"]


def test_only_whoever_has_the_right_moves_a_center(moving):
    outsider = a_user("outsider", "enrollment.move_center", at=a_center(an_institution(), "0103"))
    onlooker = a_user("onlooker", at=moving)
    for user in (outsider, onlooker):
        with pytest.raises(NotAllowed):
            move_center(moving, GUANGDONG, on=day("2026-03-02"), by=user)
    assert provinces(moving) == ["430000"]
