"""What a batch offers: places, provincial plans, windows; by hand and by file under the same guards (docs/rules.md §2.3)."""

import pytest

from common.errors import DomainError, NotAllowed
from enrollment.admission.models.applications import ApplicationStatus as Status
from enrollment.models import AdmissionPlace, BatchWindow, ProvincialPlan
from enrollment.services import accept_application, require_open, set_places, set_provincial_plan, set_window
from exchange.importing import result_of, undo_import
from learning_centers.models import Major
from tests.applicants import a_batch, a_place, an_application, an_offering, checked
from tests.builders import a_center, a_school, a_student, a_user, an_institution, day, the_system
from tests.exchange.importing import imported

pytestmark = pytest.mark.django_db
HEAD = "批次,教学点代码,专业代码,层次,学习形式,计划数\n"


@pytest.fixture
def center():
    return a_center(an_institution())


def refused(code, act, *args, **terms):
    with pytest.raises(DomainError) as refusal:
        act(*args, **{"by": the_system()} | terms)
    assert refusal.value.code == code


def plan(institution, quota, province="430000", **terms):
    major = Major.objects.current().get(institution=institution, code="081502")
    key = (a_batch(institution), province, major, "jc_to_ba", "part_time", quota)
    return set_provincial_plan(*key, **{"by": the_system()} | terms)


def plan_file(*lines):
    text = HEAD + "\n".join(f"2026春,{center},081502,专升本,非脱产,{quota}" for center, quota in lines)
    return imported("admission_plan", "plan.csv", text.encode())


def quotas():
    return dict(AdmissionPlace.objects.current().values_list("center_offering__center__code", "quota"))


def test_who_came_before_the_places_were_set_stands_on_them(center):
    for _ in range(2):
        a_student(center, entered="2026-03-01")
    batch, offering = a_batch(center.institution), an_offering(center)
    refused("quota_below_taken", set_places, batch, offering, 1)
    assert set_places(batch, offering, 2, by=the_system()).taken == 2


def test_places_are_set_and_set_anew_but_never_below_what_is_taken(center):
    a_place(center, 5)
    for _ in range(2):
        an_application(center, Status.ACCEPTED)
    batch, offering = a_batch(center.institution), an_offering(center)
    refused("quota_below_taken", set_places, batch, offering, 1)
    place = set_places(batch, offering, 2, remark="省控", by=the_system())
    assert (place.quota, place.taken, place.remark) == (2, 2, "省控")
    assert set_places(batch, offering, 3, by=the_system()).remark == "省控"
    assert AdmissionPlace.objects.current().count() == 1


@pytest.mark.parametrize(
    ("center_terms", "version", "code"),
    [
        ({}, {"study_form": "correspondence"}, "study_form_not_valid_for_batch"),
        ({"filed": ("2010-01-01", "2026-03-01")}, {}, "center_filing_lapsed"),
        ({"status": "stop_intake"}, {}, "center_stopped_intake"),
        ({"majors": ("081503",)}, {}, "major_not_open_at_center"),
    ],
)
def test_no_places_where_nobody_may_be_admitted(center_terms, version, code):
    center = a_center(an_institution(), "0107", **center_terms)
    refused(code, set_places, a_batch(center.institution), an_offering(center, **version), 10)


def test_a_file_that_lowers_a_quota_keeps_what_applications_hold(center):
    result = result_of(plan_file(("0101", 5)))
    assert result["created"] == 1
    an_application(center, Status.ACCEPTED)
    assert result_of(plan_file(("0101", 0)))["rows"][0]["code"] == "quota_exceeded"
    batch = plan_file(("0101", 2))
    assert AdmissionPlace.objects.current().get().taken == 1
    an_application(center, Status.ACCEPTED)
    undo_import(batch, by=the_system())
    place = AdmissionPlace.objects.current().get()
    assert (place.quota, place.taken) == (5, 2)
    accept_application(checked(an_application(center)), by=the_system())
    assert AdmissionPlace.objects.current().get().taken == 3


def test_a_file_gives_a_province_no_more_than_its_plan(center):
    a_center(center.institution, "0102")
    a_center(center.institution, "0103", province="440000")
    plan(center.institution, 100)
    result = result_of(plan_file(("0101", 60), ("0102", 41), ("0103", 500)))
    assert [(row["row"], row["column"], row["code"]) for row in result["rows"]] == [(3, "quota", "plan_exceeded")]
    assert quotas() == {"0101": 60, "0103": 500}
    assert result_of(plan_file(("0101", 59), ("0102", 41)))["rejected"] == 0
    assert result_of(plan_file(("0101", 60)))["rows"][0]["code"] == "plan_exceeded"
    assert quotas() == {"0101": 59, "0102": 41, "0103": 500}


def test_an_undo_that_would_exceed_the_plan_is_refused(center):
    plan_file(("0101", 60))
    batch = plan_file(("0101", 10))
    plan(center.institution, 20)
    with pytest.raises(DomainError) as refusal:
        undo_import(batch, by=the_system())
    assert (refusal.value.code, quotas()) == ("plan_exceeded", {"0101": 10})


def test_a_plan_that_is_set_anew_supersedes(center):
    plan(center.institution, 100, source="湘教考〔2026〕1号")
    plan(center.institution, 120)
    known = ProvincialPlan.objects.order_by("pk")
    assert [(one.quota, one.superseded_in_id is None) for one in known] == [(100, False), (120, True)]


def test_the_schools_own_window_stands_instead_of_the_institutions(center):
    batch, school = a_batch(center.institution), center.school
    other = a_school(center.institution, "S2", "另一学院")
    require_open(batch, "apply", day("2026-01-01"), school)
    set_window(batch, "apply", day("2026-01-01"), day("2026-02-01"), by=the_system())
    set_window(batch, "apply", day("2026-02-01"), None, school=school, by=the_system())
    require_open(batch, "apply", day("2026-01-31"), other)
    require_open(batch, "apply", day("2026-02-01"), school)
    require_open(batch, "decide", day("2026-06-01"), other)
    for on, where in (("2026-02-01", other), ("2026-01-31", school), ("2025-12-31", other)):
        with pytest.raises(DomainError, match="not open"):
            require_open(batch, "apply", day(on), where)
    set_window(batch, "apply", None, None, school=school, by=the_system())
    require_open(batch, "apply", day("2020-01-01"), school)
    assert BatchWindow.objects.current().count() == 2


def test_a_window_is_one_of_the_known_functions_in_order(center):
    batch = a_batch(center.institution)
    refused("value_not_possible", set_window, batch, "party", None, None)
    refused("date_order", set_window, batch, "apply", day("2026-02-01"), day("2026-01-01"))
    foreign = a_school(an_institution("10534", "湖南科技大学"))
    refused("value_not_possible", set_window, batch, "apply", None, None, school=foreign)


def test_a_batch_of_another_institution_gets_no_places_here(center):
    foreign = a_batch(an_institution("10534", "湖南科技大学"))
    refused("value_not_possible", set_places, foreign, an_offering(center), 3)
    major = Major.objects.current().get(institution=center.institution, code="081502")
    refused("value_not_possible", set_provincial_plan, foreign, "430000", major, "jc_to_ba", "part_time", 3)
    refused("value_not_possible", set_places, a_batch(center.institution), an_offering(center), -1)


def test_an_outsider_plans_nothing(center):
    rights = ("enrollment.set_places", "enrollment.set_provincial_plan", "enrollment.set_window")
    outsider = a_user("wang", *rights, at=a_center(center.institution, "0102"))
    batch = a_batch(center.institution)
    for act in (
        lambda: set_places(batch, an_offering(center), 3, by=outsider),
        lambda: plan(center.institution, 3, by=outsider),
        lambda: set_window(batch, "apply", None, None, by=outsider),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert not AdmissionPlace.objects.exists()
