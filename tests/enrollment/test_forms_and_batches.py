"""Which study form admits to which batch is a rule with a source, for pages and files alike (docs/rules.md §2.1)."""

import pytest

from common.errors import DomainError
from common.rules import RULES
from enrollment.services import set_places
from exchange.importing import result_of
from learning_centers.study_forms import admits
from tests.applicants import a_batch, an_offering
from tests.builders import a_center, a_version, an_institution, the_system
from tests.enrollment.rules import ruled
from tests.exchange.importing import imported

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("form", "batch", "expected"),
    [
        ("correspondence", "2025-spring", True),
        ("correspondence", "2025-autumn", False),
        ("spare_time", "2025-autumn", False),
        ("online", "2022-spring", True),
        ("online", "2022-autumn", False),
        ("part_time", "2025-spring", False),
        ("part_time", "2025-autumn", True),
        ("full_time", "2030-spring", True),
    ],
)
def test_the_shipped_rules_are_those_of_the_ministry(form, batch, expected):
    assert admits(form, batch) is expected


def plan_file(center, form):
    text = f"批次,教学点代码,专业代码,层次,学习形式,计划数\n2026春,{center.code},081502,专升本,{form},10\n"
    return [row["code"] for row in result_of(imported("admission_plan", "plan.csv", text.encode()))["rows"]]


def test_an_institution_a_province_or_a_school_sets_its_own_last_batch():
    here = a_center(an_institution())
    elsewhere = a_center(here.institution, "0102", province="440000")
    version = a_version(here.institution, study_form="correspondence")
    batch = a_batch(here.institution)
    for places in (
        {"province_code": "430000"},
        {"school_id": version.programme.school_id},
        {"level_path": "jc_to_ba"},
        {},
    ):
        assert plan_file(here, "函授") == ["study_form_not_valid_for_batch"]
        with ruled(here.institution, "last_batch_correspondence", "2026-spring", **places):
            assert plan_file(here, "函授") == []
            assert set_places(batch, an_offering(here, study_form="correspondence"), 10, by=the_system()).quota == 10
            reached = "province_code" not in places
            assert plan_file(elsewhere, "函授") == ([] if reached else ["study_form_not_valid_for_batch"])
    with ruled(here.institution, "first_batch_part_time", "2026-autumn"), pytest.raises(DomainError) as refusal:
        set_places(batch, an_offering(elsewhere), 10, by=the_system())
    assert refusal.value.code == "study_form_not_valid_for_batch"


def test_a_school_file_obeys_the_rule_of_its_institution():
    institution = a_center(an_institution()).institution
    text = (
        "学校代码,学校名称,专业代码,专业名称,层次,学习形式,学制,开设批次\n"
        "11414,中国石油大学,120202,市场营销,专升本,业余,2.5,2026春\n"
    ).encode()
    codes = [row["code"] for row in result_of(imported("schools_and_majors", "majors.csv", text))["rows"]]
    assert codes == ["study_form_not_valid_for_batch"]
    with ruled(institution, "last_batch_spare_time", ""):
        assert result_of(imported("schools_and_majors", "majors.csv", text))["created"] == 1


@pytest.mark.parametrize("value", ["2025", "autumn", "2025-winter", 2025])
def test_a_batch_that_is_none_cannot_be_set(value):
    with pytest.raises(ValueError):
        RULES["last_batch_online"].read(value)
