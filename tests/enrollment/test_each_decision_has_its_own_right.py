"""Whoever may take all decisions but one may not take that one, and nothing changes (docs/rules.md §2.3)."""

import pytest

from common.dates import as_on
from common.errors import NotAllowed
from common.models import Recording
from enrollment.services import (
    accept_application,
    check_items,
    decide_many,
    preview_many,
    reject_application,
    return_application,
    verify_prior,
)
from tests.applicants import a_place, an_application, checked
from tests.builders import a_center, a_user, an_institution, day, the_system
from tests.enrollment.asking import refused

pytestmark = pytest.mark.django_db
ACTS = {
    "check_application": lambda one, by: check_items([one], {"photo": "ok"}, by=by),
    "verify_prior": lambda one, by: verify_prior(one, "verified", "chsi", by=by),
    "accept_application": lambda one, by: accept_application(one, by=by),
    "return_application": lambda one, by: return_application(one, reason_code="photo_unfit", by=by),
    "reject_application": lambda one, by: reject_application(one, reason_code="other", comment="no", by=by),
}
VERBS = [f"enrollment.{act}" for act in ACTS]


@pytest.fixture(autouse=True)
def _winter():
    with as_on(day("2026-02-01")):
        yield


@pytest.fixture
def waiting():
    center = a_center(an_institution())
    a_place(center)
    return checked(an_application(center))


def all_but(verb):
    return a_user("nearly", *(one for one in VERBS if one != verb), at=an_institution())


@pytest.mark.parametrize("act", ACTS)
def test_all_rights_but_its_own_are_not_enough(waiting, act):
    known = Recording.objects.count()
    with pytest.raises(NotAllowed):
        ACTS[act](waiting, all_but(f"enrollment.{act}"))
    assert Recording.objects.count() == known


@pytest.mark.parametrize("decision", ["accept", "return", "reject"])
def test_nor_for_many_at_once(waiting, decision):
    known, by = Recording.objects.count(), all_but(f"enrollment.{decision}_application")
    for verdicts in (
        preview_many([waiting], decision, by=by),
        decide_many([waiting], decision, reason_code="other", by=by),
    ):
        assert [type(refusal) for _application, refusal in verdicts] == [NotAllowed]
    assert Recording.objects.count() == known


def test_a_diploma_is_verified_or_not_and_nothing_else(waiting):
    with refused("value_not_possible"):
        verify_prior(waiting, "perhaps", "chsi", by=the_system())


def test_whoever_has_seen_an_older_application_checks_nothing(waiting):
    with refused("stale"):
        check_items([waiting], {"photo": "ok"}, seen=waiting.version - 1, by=the_system())
