"""A page takes the parameters that it declares, and a filter the values that it offers: anything else is a bad request, never a
lookup in the database and never a fault of ours."""

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import resolve, reverse

from common.parameters import undeclared
from common.verbs import VERBS
from tests.builders import a_center, a_student, a_user, an_institution

pytestmark = pytest.mark.django_db
LISTS = {model: f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist" for model in admin.site._registry}
LOOKUPS = ("__startswith", "__gt", "__regex", "__isnull", "__in")
OF_STOCK_ADMIN = ("_to_field=id", "e=1", "all=", "_popup=1", "_facets=1", "o=1", "no_such=1")


@pytest.fixture
def insider(client):
    """Somebody who holds every right at the institution."""
    a_student(a_center(an_institution()))
    user = a_user("insider", *VERBS, at=an_institution())
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def lookups_of(model):
    for field in model._meta.concrete_fields:
        yield f"{field.name}=x"
        yield from (f"{field.name}{lookup}=(" for lookup in LOOKUPS)
        if field.is_relation:
            yield from (f"{field.name}__{name}=x" for name in ("pk", "id__gt", "password__startswith"))


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.label)
def test_no_column_of_a_list_can_be_asked_for(insider, model):
    shown = {one.parameter_name for one in admin.site._registry[model].list_filter}
    address = reverse(LISTS[model])
    assert insider.get(address).status_code == 200
    asked = [one for one in lookups_of(model) if one.partition("=")[0] not in shown]
    page = resolve(address).func
    assert [one for one in asked if not undeclared(page, RequestFactory().get(f"{address}?{one}"))] == []
    assert insider.get(f"{address}?{asked[0]}").status_code == 400


@pytest.mark.parametrize("asked", OF_STOCK_ADMIN)
def test_what_stock_admin_would_take_is_refused(insider, asked):
    assert insider.get(f"{reverse('admin:enrollment_student_changelist')}?{asked}").status_code == 400


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.label)
def test_a_value_that_a_filter_does_not_offer_is_refused(insider, model):
    choices = [one for one in admin.site._registry[model].list_filter if not hasattr(one, "is_text")]
    for one in choices:
        answer = insider.get(reverse(LISTS[model]), {one.parameter_name: "(no such value'"})
        assert answer.status_code == 400, one


def test_the_refusal_is_our_own_page(insider):
    page = insider.get(reverse("admin:enrollment_student_changelist"), {"student_no__startswith": "2"}).text
    assert "This request could not be understood" in page


def test_a_page_beyond_the_end_is_the_last_one(insider):
    for number in ("99999", "0", "-1", "x", "9" * 5000):
        assert insider.get(reverse("admin:enrollment_student_changelist"), {"p": number}).status_code == 200


def test_filters_that_are_shown_still_narrow(insider):
    address = reverse("admin:enrollment_student_changelist")
    assert "王伟" in insider.get(address, {"state": "active"}).text
    assert "王伟" not in insider.get(address, {"state": "graduated"}).text


def test_every_route_refuses_what_it_does_not_declare(insider):
    for name in ("home", "notices", "institutions", "healthz", "admin:index", "portal:sign_in", "portal:students"):
        assert insider.get(reverse(name), {"no_such": "1"}).status_code == 400, name


def test_the_portal_refuses_like_the_admin(client):
    coordinator = a_user(
        "coordinator", "portal.enter", "enrollment.view_students", "enrollment.view_applications",
        "enrollment.view_requests", at=a_center(an_institution()),
    )  # fmt: skip
    client.force_login(coordinator, backend="django.contrib.auth.backends.ModelBackend")
    for name in ("students", "applications", "requests", "roster", "former_students"):
        address = reverse(f"portal:{name}")
        assert client.get(address).status_code == 200
        assert client.get(address, {"person__name": "x"}).status_code == 400
    for name in ("applications", "requests"):
        assert client.get(reverse(f"portal:{name}"), {"status": "no such"}).status_code == 400


def test_nobody_walks_along_the_keys(insider):
    center = a_center(an_institution())
    address = reverse("admin:learning_centers_learningcenter_change", args=[center.pk])
    assert insider.get(address, {"_to_field": "id"}).status_code == 400
