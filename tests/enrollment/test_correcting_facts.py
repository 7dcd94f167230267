"""Corrections (勘误) by request: both values stay, a second person decides, the province approves where it must."""

from contextlib import suppress
from decimal import Decimal

import pytest

from common.dates import as_on
from common.errors import DomainError, NotAllowed
from enrollment.models import ChangeRequest, StudentEntry, StudentPeriod
from enrollment.records.services.facts import FACTS, as_text, value_of
from enrollment.requests.models.requests import FACT_NAMES
from enrollment.services import approve_request, request_correction, submit_request
from learning_centers.services.rules import Setting, set_rule
from people.models import IdentityDocument, Person, PersonFacts
from people.services import correct_person, identity_digest, persons_by_digest
from tests.builders import (
    a_center,
    a_student,
    a_user,
    a_version,
    an_identity_number,
    an_institution,
    day,
    the_system,
)
from tests.enrollment.asking import a_coordinator, a_registrar, asked, evidence_for, refused

pytestmark = pytest.mark.django_db
MAJORS = ("081502", "081501")


@pytest.fixture
def center():
    return a_center(an_institution(), majors=MAJORS)


@pytest.fixture
def student(center):
    return a_student(center, born="1990-01-01", sex="male")


def corrected(student, fact, value, province="湘教2025-1"):
    request = asked(student, "correct", by=a_registrar(), fact=fact, new_value=value)
    return approve_request(request, provincial_approval_no=province, by=a_registrar("second"))


def facts(student):
    return PersonFacts.objects.current().get(person=student.person)


def test_a_name_is_corrected_and_the_earlier_one_stays_known(student):
    request = corrected(student, "name", "王㛃")
    request.refresh_from_db()
    assert (request.old_value, request.new_value, request.document) == ("王伟", "王㛃", None)
    assert (facts(student).name, Person.objects.get(pk=student.person_id).name) == ("王㛃", "王㛃")
    assert PersonFacts.objects.filter(person=student.person).count() == 2


def test_what_the_province_must_approve_waits_for_its_number(student):
    request = asked(student, "correct", by=a_registrar(), fact="name", new_value="王维")
    with refused("province_needed"):
        approve_request(request, by=a_registrar("second"))
    set_rule(student.institution, Setting("correction_needs_province", [], "decision 2"), by=the_system())
    approve_request(request, by=a_registrar("second"))


def test_ethnicity_needs_no_province(student):
    corrected(student, "ethnicity", "土家", province="")
    assert facts(student).ethnicity == "15"


@pytest.mark.parametrize(
    ("fact", "value", "code"),
    [
        ("name", "王伟", "nothing_changes"),
        ("name", "王?", "character_lost"),
        ("sex", "female", "contradicts_number"),
        ("birth_date", "1990-01-02", "contradicts_number"),
        ("birth_date", "1990-13-02", "date_invalid"),
        ("id_no", "430302199001011238", "id_check_digit"),
        ("length", "9", "length_not_allowed"),
        ("major", "081504", "offering_not_found"),
        ("study_form", "online", "study_form_not_valid_for_batch"),
        ("level_path", "sec_to_jc", "offering_not_found"),
        ("shoe_size", "44", "required"),
        ("nationality", "Utopia", "value_not_allowed"),
    ],
)
def test_what_cannot_be_is_not_asked_for(student, fact, value, code):
    a_version(student.institution, study_form="online")
    with refused(code):
        asked(student, "correct", by=a_registrar(), fact=fact, new_value=value)


@pytest.mark.parametrize("fact", FACTS)
@pytest.mark.parametrize("value", ["?", "*" * 18, "字" * 300, "1.1E+17", "2025/1", "=1+1", "00000000000000000X", "-"])
def test_whatever_is_typed_is_read_or_refused(student, fact, value):
    """Anything but a refusal in words would be a fault of ours."""
    with suppress(DomainError):
        assert as_text(value_of(student, fact, value))


def test_another_number_supersedes_the_document_and_brings_birth_and_sex(student):
    number = an_identity_number("1991-02-03", "female")
    corrected(student, "id_no", number)
    document = IdentityDocument.objects.current().get(person=student.person)
    assert (document.type, document.number) == ("resident_id", number)
    assert (facts(student).birth_date, facts(student).sex) == (day("1991-02-03"), "female")
    key = identity_digest(student.institution_id, "resident_id", number)
    assert persons_by_digest(student.institution_id, [key]) == {key: student.person_id}


def test_a_passport_gives_way_to_a_resident_card(student):
    corrected(student, "id_no", "passport E12345678")
    number = an_identity_number()
    corrected(student, "id_no", f"resident_id {number}")
    assert IdentityDocument.objects.current().get(person=student.person).type == "resident_id"


def test_the_number_of_another_person_is_not_taken(student, center):
    number = an_identity_number()
    a_student(center, id_no=number)
    with refused("number_taken"):
        asked(student, "correct", by=a_registrar(), fact="id_no", new_value=number)


def test_the_major_of_the_entry_is_corrected_and_a_later_change_of_centre_holds(student, center):
    other = a_center(student.institution, "0102", majors=MAJORS)
    request = asked(student, "change_center", "2025-03-01", by=a_coordinator(center), new_center_id=other.pk)
    party = request.parties.get(side="target")
    party.consent = "given"
    party.save()
    approve_request(request, by=a_registrar())
    corrected(student, "major", "081501")
    codes = StudentPeriod.objects.current().filter(student=student).values_list(
        "programme_version__programme__major__code", "center"
    )  # fmt: skip
    assert list(codes) == [("081501", center.pk), ("081501", other.pk)]
    assert StudentEntry.objects.filter(student=student).count() == 2


def test_length_and_entry_date_are_corrected(student):
    corrected(student, "length", "3")
    corrected(student, "entry_date", "2024-09-05", province="")
    known = StudentEntry.objects.current().get(student=student)
    assert (known.length, known.entry_date) == (Decimal(3), day("2024-09-05"))
    assert StudentPeriod.objects.current().get(student=student).begin == day("2024-09-05")


def test_an_entry_after_a_change_is_refused(center):
    student = a_student(center, changes=(("suspend", "2024-10-01"),))
    with refused("change_not_possible"):
        asked(student, "correct", by=a_registrar(), fact="entry_date", new_value="2024-10-02")


def test_of_two_corrections_of_one_fact_the_second_is_stale(student):
    first = asked(student, "correct", by=a_registrar(), fact="candidate_no", new_value="24430302100001")
    with refused("already_asked"):
        asked(student, "correct", by=a_registrar("second"), fact="candidate_no", new_value="24430302100002")
    approve_request(first, by=a_registrar("second"))
    again = asked(student, "correct", by=a_registrar("second"), fact="candidate_no", new_value="24430302100002")
    approve_request(again, by=a_registrar())
    assert ChangeRequest.objects.filter(status="approved").count() == 2


def test_a_fact_that_was_corrected_meanwhile_is_told(student):
    request = asked(student, "correct", by=a_registrar(), fact="ethnicity", new_value="02")
    correct_person(student.person, {"ethnicity": "03"}, reason="as the file says", by=the_system())
    with refused("stale"):
        approve_request(request, by=a_registrar("second"))


def test_an_outsider_may_not_ask(student, center):
    outsider = a_user("outsider", "enrollment.request_change", at=a_center(an_institution(), "0105"))
    with pytest.raises(NotAllowed):
        request_correction(student, "name", "王维", reason="typo", by=outsider)
    request = request_correction(student, "name", "王维", reason="typo", save_only=True, by=a_coordinator(center))
    evidence_for(request)
    submit_request(request, by=a_coordinator(center))


def test_every_fact_has_a_name_and_a_request_bears_it():
    assert FACTS.keys() == FACT_NAMES.keys()
    assert str(ChangeRequest(kind="correct", fact="birth_date")) == "correction birth date"


def test_an_entry_is_not_corrected_to_a_day_that_is_to_come(student):
    with as_on(day("2026-11-21")):
        with refused("day_not_come"):
            asked(student, "correct", by=a_registrar(), fact="entry_date", new_value="2026-11-22")
        corrected(student, "entry_date", "2026-11-21")
    assert StudentEntry.objects.current().get(student=student).entry_date == day("2026-11-21")


def test_an_entry_that_is_to_come_may_be_corrected_to_an_earlier_day(center):
    with as_on(day("2026-11-21")):
        student = a_student(center, entered="2027-03-01")
        with refused("day_not_come"):
            asked(student, "correct", by=a_registrar(), fact="entry_date", new_value="2027-03-02")
        corrected(student, "entry_date", "2027-02-28")
