"""The scenarios of the import contract, from the shell's point of view: file in, result out (samples README §1)."""

import pytest
from django.db import transaction

from exchange.importing import check_file, commit_file, import_file, receive_file, result_of
from exchange.models import ImportBatch
from tests.builders import the_system
from tests.exchange.samples import FOLDER, SCENARIOS, TODAY, expected

pytestmark = pytest.mark.django_db


def brought(step):
    content = (FOLDER / step["file"]).read_bytes()
    return receive_file(step["kind"], step["file"], content, by=the_system(), today=TODAY)


def imported(step):
    return result_of(import_file(brought(step)))


@pytest.fixture(scope="module")
def base(django_db_setup, django_db_blocker):
    """The starting state, built once by the real import; every scenario's own changes are rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        results = [imported(step) for step in SCENARIOS["base"]]
        yield results
        transaction.set_rollback(True)


def test_base_files_are_accepted_completely(base):
    assert base == [expected(step) for step in SCENARIOS["base"]]


@pytest.mark.parametrize("scenario", SCENARIOS["scenarios"], ids=lambda scenario: scenario["id"])
def test_scenario(base, scenario):
    for step in scenario["steps"]:
        batch = check_file(brought(step))
        foretold = result_of(batch)
        result = result_of(commit_file(batch))
        assert result == expected(step)
        assert foretold == result
    last = scenario["steps"][-1]
    once_more = imported(last)
    wanted = expected(last)
    refused = wanted["rows_total"] == 0
    assert once_more == wanted | {"created": 0, "updated": 0, "unchanged": wanted["accepted"], "changes": []}
    assert refused == (ImportBatch.objects.latest("pk").status == ImportBatch.State.REFUSED)
