"""The scenarios of the import contract: file in, result out (docs/files.md §1)."""

import pytest

from exchange.importing import check_file, commit_file, result_of
from exchange.models import ImportBatch
from tests.exchange.importing import brought, imported
from tests.exchange.samples import SCENARIOS, expected

pytestmark = pytest.mark.django_db


def test_base_files_are_accepted_completely(base_is_imported):
    assert base_is_imported == [expected(step) for step in SCENARIOS["base"]]


@pytest.mark.parametrize(
    "scenario",
    [
        pytest.param(one, id=one["id"], marks=[pytest.mark.slow] if "five_thousand" in one["id"] else [])
        for one in SCENARIOS["scenarios"]
    ],
)
def test_scenario(base_is_imported, scenario):
    for step in scenario["steps"]:
        batch = check_file(brought(step["kind"], step["file"]))
        foretold = result_of(batch)
        result = result_of(commit_file(batch))
        assert result == expected(step)
        assert foretold == result
    wanted = expected(step)
    once_more = imported(step["kind"], step["file"])
    assert result_of(once_more) == wanted | {"created": 0, "updated": 0, "unchanged": wanted["accepted"], "changes": []}
    assert (once_more.status == ImportBatch.State.REFUSED) == (wanted["rows_total"] == 0)
