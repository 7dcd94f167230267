"""The form for new figures takes what its family knows: levels of its scope, numbers of its subjects."""

import pytest

from common.families import family_named
from reporting.admin.forms import RunForm, WhyForm
from tests.builders import a_user, an_institution

pytestmark = pytest.mark.django_db


def asked(scope):
    home = an_institution()
    by = a_user("registrar", "reporting.compute_statistics", at=home)
    said = {"institution": home.pk, "as_of": "2025-05-01", "scope": scope}
    return RunForm(by, family_named("degree"), said)


@pytest.mark.parametrize("scope", ["", "center:0102", "school:S1"])
def test_a_level_that_there_is_may_be_named(scope):
    assert "scope" not in asked(scope).errors


@pytest.mark.parametrize("scope", ["0102", "client:7", "center:", "center:01 02", "xcenter:0102"])
def test_any_other_is_refused_at_its_field(scope):
    assert asked(scope).errors["scope"] == ["Write center: or school: and the code behind it, such as center:0102."]


def test_with_one_family_nothing_is_chosen():
    assert asked("").fields["family"].widget.is_hidden


def test_a_number_that_is_too_long_names_nobody():
    assert WhyForm(family_named("degree"), {"student_no": "2" * 15}).is_valid()
    assert not WhyForm(family_named("degree"), {"student_no": "2" * 16}).is_valid()
