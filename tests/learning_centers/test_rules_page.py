"""The page of all rules: default, source, what is set where and since when; set and dropped by a form."""

from html import unescape

import pytest
from django.urls import reverse

from common.rules import RULES
from learning_centers.models import RuleSetting
from learning_centers.rules import rule
from tests.builders import a_user, an_institution, day

pytestmark = pytest.mark.django_db
PAGE = "admin:learning_centers_rulesetting_changelist"


@pytest.fixture
def registrar(client):
    verbs = "admin.enter", "learning_centers.view_structure", "learning_centers.set_rule"
    user = a_user("registrar", *verbs, at=an_institution())
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def set_(client, name: str, **values: str) -> str:
    known = {"source": "湘教发〔2026〕1号", "begin": "", "end": "", "school": "", "province_code": "", "level_path": ""}
    address = reverse("admin:learning_centers_rulesetting_set", args=[name])
    return client.post(address, known | values, follow=True).content.decode()


def test_every_rule_stands_there_with_its_source(registrar):
    page = unescape(registrar.get(reverse(PAGE)).content.decode())
    assert [name for name, one in RULES.items() if f'id="{name}"' not in page or str(one.source) not in page] == []


def test_a_rule_is_set_for_a_province_and_shown_beside_the_default(registrar):
    set_(registrar, "late_arrival_days", value="21", province_code="430000", begin="2026-01-01")
    terms = {"on": day("2026-03-01"), "province_code": "430000"}
    assert rule("late_arrival_days", an_institution(), **terms) == 21
    assert rule("late_arrival_days", an_institution(), on=day("2026-03-01")) == 14
    assert "21 days · Hunan · from 2026-01-01" in registrar.get(reverse(PAGE)).content.decode()


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("prior_diploma_verified", "no", False),
        ("transfer_months", ["5", "11"], ["5", "11"]),
        ("change_needs_evidence", ["suspend", "withdraw"], ["suspend", "withdraw"]),
        ("student_no_pattern", "{year}{serial:05}", "{year}{serial:05}"),
    ],
)
def test_each_kind_of_value_is_read_in_its_type(registrar, name, typed, value):
    set_(registrar, name, value=typed)
    assert rule(name, an_institution(), on=day("2026-03-01")) == value


def test_what_cannot_be_is_said_at_the_field_and_stays_typed(registrar):
    page = set_(registrar, "late_arrival_days", value="4000", begin="0001-01-01")
    assert "less than or equal to 366" in page
    assert "Give a day from 1900-01-01 to 2100-12-31." in page
    assert "湘教发〔2026〕1号" in page
    assert not RuleSetting.objects.exists()


def test_a_setting_is_dropped_and_the_default_holds_again(registrar):
    set_(registrar, "place_kept_years", value="2")
    setting = RuleSetting.objects.current().get()
    registrar.post(reverse("admin:learning_centers_rulesetting_drop", args=[setting.pk]))
    assert rule("place_kept_years", an_institution(), on=day("2026-03-01")) == 1


def test_who_may_only_look_finds_no_form(client):
    user = a_user("reader", "admin.enter", "learning_centers.view_structure", at=an_institution())
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("admin:learning_centers_rulesetting_set", args=["late_arrival_days"])
    assert address not in client.get(reverse(PAGE)).content.decode()
    assert client.get(address).status_code == 404
