from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.bulk import copy_rows, next_ids
from common.ledger import recording
from learning_centers.models import Organization, ProgrammeVersion
from people.models import Person
from tests.builders import a_version, an_institution, the_system

text = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=50)


@pytest.fixture
def institution(db):
    return an_institution()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(
    name=text, grams=st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=4))
)
def test_any_text_comes_back_as_it_went_in(institution, name, grams):
    (key,) = next_ids(Person, 1)
    with recording(institution, by=the_system(), reason="tests.copy") as entry:
        columns = (
            "id",
            "public_id",
            "institution_id",
            "name",
            "pinyin",
            "initials",
            "sex",
            "birth_date",
            "name_grams",
            "recorded_in_id",
        )
        row = (key, f"{key:032x}", institution.pk, name, "", "", "", None, grams, entry.id)
        assert copy_rows(Person, columns, [row]) == 1
    person = Person.objects.get(pk=key)
    assert (person.name, person.name_grams, person.birth_date) == (name, grams, None)


def test_numbers_and_days_keep_their_value(institution):
    version = a_version(institution)
    with recording(institution, by=the_system(), reason="tests.copy") as entry:
        names = ("institution_id", "programme_id", "study_form", "normal_years", "min_years", "max_years", "required_credits",
                 "min_onsite_hours_ratio", "recorded_in_id")  # fmt: skip
        row = (
            institution.pk,
            version.programme_id,
            "online",
            Decimal("3.5"),
            Decimal("2.5"),
            5,
            None,
            Decimal("0.20"),
            entry.id,
        )
        copy_rows(ProgrammeVersion, names, [row])
    assert ProgrammeVersion.objects.get(study_form="online").normal_years == Decimal("3.5")


def test_a_column_that_does_not_exist_is_refused(institution):
    with pytest.raises(LookupError):
        copy_rows(Organization, ("id", "nonsense"), [(1, 2)])
