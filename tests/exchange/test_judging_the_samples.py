import pytest

from exchange.issues import FileRefused, sorted_issues
from exchange.kinds import kind_named
from tests.exchange.samples import FOLDER, SCENARIOS, expected, judged, steps, text_kind

NEEDS_STORED_DATA = {
    "school_unknown", "center_unknown", "major_unknown", "major_name_mismatch", "offering_not_found",
    "major_not_open_at_center", "center_stopped_intake", "center_filing_lapsed", "no_admission_plan", "quota_exceeded",
    "student_unknown", "name_mismatch", "person_already_enrolled", "change_before_entry", "change_after_terminal",
    "change_overlaps", "change_not_possible", "old_value_mismatch", "study_form_not_valid_for_batch",
}  # fmt: skip
REUSED_STORED_NUMBERS = {("files/new_students/messy_rules.csv", 23)}


def without_stored_data(file, remarks):
    return [
        remark for remark in remarks
        if remark["code"] not in NEEDS_STORED_DATA and (file, remark["row"]) not in REUSED_STORED_NUMBERS
    ]  # fmt: skip


@pytest.mark.parametrize(
    "step", [step for step in steps() if "broken" not in step["file"]], ids=lambda step: step["file"]
)
def test_remarks_are_those_expected(step):
    issues, total, _rejected = judged(step["file"], (FOLDER / step["file"]).read_bytes(), kind_named(step["kind"]))
    wanted = expected(step)
    assert [issue.as_dict() for issue in sorted_issues(issues)] == without_stored_data(step["file"], wanted["rows"])
    assert total == wanted["rows_total"]


def broken_files():
    files = sorted((FOLDER / "files" / "broken").iterdir())
    return [
        {"file": f"files/broken/{file.name}", "expected": f"expected/files/broken/{file.name}.json"} for file in files
    ]


@pytest.mark.parametrize("step", broken_files(), ids=lambda step: step["file"])
def test_broken_files_are_refused(step):
    wanted = expected(step)
    with pytest.raises(FileRefused) as refused:
        judged(step["file"], (FOLDER / step["file"]).read_bytes(), text_kind(wanted["kind"]))
    assert [issue.as_dict() for issue in refused.value.issues] == wanted["rows"]


def test_every_scenario_names_a_kind_that_is_built():
    assert all(kind_named(step["kind"]) for step in steps())
    assert len(SCENARIOS["scenarios"]) == 17
