"""The spreadsheet of applicants that the demo imports: what is wrong in it is found, the rest waits for a decision."""

import pytest

from demo.steps import SAMPLE_FILES, SAMPLES_TODAY
from enrollment.models import Application
from exchange.importing import import_file, receive_file, result_of
from tests.builders import the_system

pytestmark = pytest.mark.django_db


def test_the_samples_have_good_and_wrong_rows():
    for sample in SAMPLE_FILES:
        batch = receive_file(
            sample.kind, sample.path.name, sample.path.read_bytes(), by=the_system(), today=SAMPLES_TODAY
        )
        result = result_of(import_file(batch))
        assert result["rejected"] == sample.rejected, result["rows"]
    assert Application.objects.waiting().count() == result["created"] == 19
    assert {row["code"] for row in result["rows"]} == {
        "id_check_digit", "sex_mismatch", "center_stopped_intake", "study_form_not_valid_for_batch",
        "prior_credential_missing", "phone_invalid", "duplicate_in_file",
    }  # fmt: skip
