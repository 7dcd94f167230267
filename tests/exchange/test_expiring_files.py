import datetime as dt

import pytest
from django.utils import timezone

from common.errors import DomainError
from exchange.importing import check_file, commit_file, result_of
from exchange.importing.expiring import expire_files
from exchange.models import ImportBatch, ImportIssue, StagedChunk
from tests.exchange.importing import brought

pytestmark = pytest.mark.django_db
LATER = timezone.now() + dt.timedelta(days=181)


@pytest.fixture
def batch():
    return check_file(brought("schools_and_majors", "files/schools_and_majors/messy.csv"))


def test_personal_values_go_and_counts_stay(batch):
    before = result_of(batch)
    assert expire_files() == 0
    assert expire_files(LATER) == 1
    after = result_of(batch)
    assert {key: after[key] for key in ("rows_total", "accepted", "created")} == {
        key: before[key] for key in ("rows_total", "accepted", "created")
    }
    assert not StagedChunk.objects.exclude(payload=None).exists()
    assert not ImportIssue.objects.exclude(value=None).exists()
    with pytest.raises(DomainError) as refused:
        commit_file(batch)
    assert refused.value.code == "file_not_kept"


def test_what_is_being_stored_is_left_alone(batch):
    ImportBatch.objects.filter(pk=batch.pk).update(status=ImportBatch.State.COMMITTING)
    assert expire_files(LATER) == 0
    assert commit_file(batch).status == ImportBatch.State.COMMITTED
