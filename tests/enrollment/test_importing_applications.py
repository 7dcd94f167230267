"""A centre's spreadsheet of applicants: each good row is handed in, each wrong cell is named; twice changes nothing; taken back
until somebody has acted on it."""

import io
from pathlib import Path

import openpyxl
import pytest

from common.dates import as_on
from common.errors import DomainError
from enrollment.admission.models.applications import ApplicationStatus as Status
from enrollment.models import AdmissionPlace, Application
from enrollment.services import accept_application, return_application, set_window, withdraw_application
from exchange.importing import import_file, marked_workbook, receive_file, result_of, undo_import
from people.models import Notice, Person
from tests.applicants import a_batch, a_place, an_application, checked
from tests.builders import a_center, a_user, an_institution, day, the_system
from tests.enrollment.rules import ruled
from tests.exchange.importing import known_today

pytestmark = pytest.mark.django_db
MESSY = (Path(__file__).parent / "samples" / "applications_messy.csv").read_bytes()
HEAD, *LINES = MESSY.decode("utf-8-sig").splitlines()
GOOD = "\n".join([HEAD, *LINES[:3]]).encode()
EXPECTED = [
    (5, "id_no", "id_check_digit"),
    (6, "sex", "sex_mismatch"),
    (7, "center_code", "center_unknown"),
    (8, "study_form", "study_form_not_valid_for_batch"),
    (9, "prior_certificate_no", "prior_credential_missing"),
    (10, "prior_school", "required"),
    (11, "candidate_no", "format_invalid"),
    (12, "phone", "phone_invalid"),
    (13, "id_no", "duplicate_in_file"),
    (14, "candidate_no", "duplicate_in_file"),
    (15, "id_no", "same_person_two_centers"),
    (16, "major_code", "major_unknown"),
    (17, "ethnicity", "required"),
    (18, "nationality", "required"),
    (19, "exam_score", "number_invalid"),
    (20, "candidate_no", "required"),
    (21, "batch", "batch_invalid"),
]


@pytest.fixture(autouse=True)
def _winter():
    with as_on(day("2026-02-01")):
        yield


@pytest.fixture
def center():
    institution = an_institution()
    a_center(institution, "0102")
    return a_center(institution, "0101")


def brought(content=GOOD, by=None, **where):
    return import_file(receive_file("applications", "applications.csv", content, by=by or the_system(), **where))


def remarks(batch):
    return [(row["row"], row["column"], row["code"]) for row in result_of(batch)["rows"] if row["severity"] == "error"]


def test_each_good_row_is_an_application_that_waits(center):
    result = result_of(brought(by=a_user("li", "exchange.import_file", at=center.institution)))
    assert (result["created"], result["rejected"]) == (3, 0)
    one = Application.objects.get(name="阿依古丽·买买提")
    assert (one.status, one.version, one.source_row, one.batch.code) == (Status.SUBMITTED, 1, 4, "2026-spring")
    assert (one.sex, one.ethnicity, str(one.exam_score), one.email, one.class_name, one.prior_school) == (
        "female", "05", "132.5", "a@example.com", "石工2601", "湖南科技职业学院",
    )  # fmt: skip
    assert one.phone == "+8613800000003"
    assert not Person.objects.exists()


def test_every_wrong_cell_is_named_and_the_rest_is_stored(center):
    batch = brought(MESSY)
    assert remarks(batch) == EXPECTED
    assert result_of(batch)["created"] == 3


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        ("苏丹", "SDN"), ("Kazakhstan", "KAZ"), ("中国香港", "HKG"), ("", "required"), ("Utopia", "nationality_unknown"),
        ("刚果", "nationality_ambiguous"),
    ],
)  # fmt: skip
def test_a_foreigner_says_of_which_country(center, said, stored):
    foreigner = LINES[16]
    batch = brought("\n".join([f"{HEAD},国籍", f"{foreigner},{said}"]).encode())
    if stored.isupper():
        one = Application.objects.get()
        assert (one.id_type, one.nationality, one.ethnicity) == ("passport", stored, "")
        assert result_of(brought("\n".join([f"{HEAD},国籍", f"{foreigner},{said}"]).encode()))["unchanged"] == 1
    else:
        assert remarks(batch) == [(2, "nationality", stored)]


def test_another_nationality_than_the_stored_one_is_a_difference(center):
    foreigner = LINES[16]
    brought("\n".join([f"{HEAD},国别", f"{foreigner},SDN"]).encode())
    assert remarks(brought("\n".join([f"{HEAD},国别", f"{foreigner},SSD"]).encode())) == [
        (2, "id_no", "application_differs")
    ]


def test_the_file_comes_back_with_its_wrong_cells_marked(center):
    out = io.BytesIO()
    marked_workbook(brought(MESSY), out)
    sheet = openpyxl.load_workbook(out).worksheets[0]
    coloured = {
        cell.row for row in sheet.iter_rows() for cell in row if cell.fill.fill_type == "solid" and cell.row > 1
    }
    assert len(coloured) >= len(
        {row for row, column, _code in EXPECTED if column != "nationality"}
    )  # a column it lacks


def test_the_same_file_again_changes_nothing(center):
    brought()
    before = known_today()
    result = result_of(brought())
    assert (result["created"], result["unchanged"], known_today()) == (0, 3, before)


def test_a_row_that_says_otherwise_is_refused(center):
    brought()
    other = GOOD.decode().replace("石工2601", "石工2602", 1).encode()
    assert remarks(brought(other)) == [(2, "id_no", "application_differs")]
    moved = GOOD.decode().replace("2026春,0101", "2026春,0102", 1).encode()
    assert remarks(brought(moved)) == [(2, "id_no", "application_twice")]
    someone = (
        LINES[3].replace(LINES[3].split(",")[11], LINES[4].split(",")[11]).replace("26430100000004", "26430100000001")
    )
    assert remarks(brought(f"{HEAD}\n{someone}".encode())) == [(2, "candidate_no", "candidate_twice")]


def test_who_withdrew_may_come_by_a_file_again(center):
    brought()
    withdraw_application(Application.objects.get(name="王伟"), reason_code="own_wish", by=the_system())
    result = result_of(brought())
    assert (result["created"], result["unchanged"]) == (1, 2)


def test_another_batch_is_another_application(center):
    brought()
    assert result_of(brought(GOOD.decode().replace("2026春", "2026秋").encode()))["created"] == 3


def test_windows_and_rules_hold_for_files_too(center):
    set_window(a_batch(center.institution), "apply", None, day("2026-02-01"), school=center.school, by=the_system())
    assert remarks(brought()) == [(row, "batch", "window_closed") for row in (2, 3, 4)]
    set_window(a_batch(center.institution), "apply", None, None, school=center.school, by=the_system())
    with ruled(center.institution, "candidate_no_required", value=False):
        assert result_of(brought(f"{HEAD}\n{LINES[18]}".encode()))["created"] == 1


def test_a_centre_hands_in_for_itself_alone(center):
    elsewhere = a_center(center.institution, "0102")
    coordinator = a_user("li", "exchange.import_file", at=center)
    both = f"{HEAD}\n{LINES[0]}\n{LINES[1].replace(',0101,', ',0102,')}".encode()
    batch = brought(both, by=coordinator, center=center)
    assert remarks(batch) == [(3, "center_code", "center_unknown")]
    assert list(Application.objects.values_list("center_offering__center", "created_by")) == [
        (center.pk, coordinator.pk)
    ]
    with pytest.raises(DomainError):
        brought(by=coordinator, center=elsewhere)


def test_deciders_are_told_once_of_the_whole_file(center):
    registrar = a_user("chen", "enrollment.accept_application", at=center.institution)
    brought()
    assert [(one.user, one.terms["count"]) for one in Notice.objects.all()] == [(registrar, 3)]


def test_the_file_is_taken_back_as_long_as_nobody_has_acted_on_it(center):
    before = known_today()
    batch = brought()
    undo_import(batch, by=the_system())
    after = known_today()
    assert {name: rows for name, rows in after.items() if rows != before[name]} == {}
    assert not Application.objects.waiting().exists()
    again = brought()
    return_application(Application.objects.waiting().first(), reason_code="photo_unfit", by=the_system())
    with pytest.raises(DomainError) as refusal:
        undo_import(again, by=the_system())
    assert refusal.value.code == "import_has_dependents"


def test_what_came_by_a_file_is_accepted_like_any_other(center):
    a_place(center, 1)
    brought()
    accept_application(checked(Application.objects.get(name="李娜")), by=the_system())
    assert AdmissionPlace.objects.current().get().taken == 1
    an_application(center)
