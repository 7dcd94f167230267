"""A coordinator enters an application: drafts may be incomplete, what is handed in may not (docs/rules.md §§2.3, 3)."""

import dataclasses

import pytest

from common.dates import as_on
from common.errors import DomainError, NotAllowed
from enrollment.admission.models.applications import ApplicationStatus as Status
from enrollment.models import AdmissionPlace, Application, ApplicationStep
from enrollment.services import (
    ApplicationDraft,
    edit_application,
    judge_identity,
    possible_duplicates,
    return_application,
    set_window,
    start_application,
    submission_faults,
    submit_application,
    verify_prior,
    withdraw_application,
)
from people.models import Notice
from tests.applicants import a_batch, a_draft, a_place, an_application, an_offering
from tests.builders import a_center, a_school, a_student, a_user, an_identity_number, an_institution, day, the_system
from tests.enrollment.rules import ruled

pytestmark = pytest.mark.django_db
ENTER = ("enrollment.enter_application", "enrollment.withdraw_application", "enrollment.view_applications")


@pytest.fixture(autouse=True)
def _winter():
    with as_on(day("2026-02-01")):
        yield


@pytest.fixture
def center():
    return a_center(an_institution())


@pytest.fixture
def coordinator(center):
    return a_user("li", *ENTER, at=center)


def begun(center, draft, by):
    return start_application(an_offering(center), a_batch(center.institution), draft, by=by)


def refused(code, act, *args, **terms):
    with pytest.raises(DomainError) as refusal:
        act(*args, **terms)
    assert refusal.value.code == code
    return refusal.value


def test_a_draft_may_hold_next_to_nothing(center, coordinator):
    draft = begun(center, ApplicationDraft(name=" 李娜 "), coordinator)
    assert (draft.status, draft.name, draft.version, draft.id_digest) == (Status.DRAFT, "李娜", 1, None)
    missing = [fault.field for fault in submission_faults(draft)]
    assert missing == [
        "sex", "birth_date", "phone", "ethnicity", "candidate_no", "prior_school", "prior_certificate_no", "id_no",
    ]  # fmt: skip
    assert refused("required", submit_application, draft, by=coordinator).details["field"] == "sex"


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("sex", "male", ("sex", "sex_mismatch")),
        ("birth_date", day("1995-05-06"), ("birth_date", "birth_date_mismatch")),
        ("id_no", "430302199505050001", ("id_no", "id_check_digit")),
        ("id_no", "11010519491231002*", ("id_no", "id_masked")),
        ("id_type", "passport", ("id_no", "id_format")),
        ("candidate_no", "123", ("candidate_no", "format_invalid")),
        ("phone", "12", ("phone", "phone_invalid")),
        ("prior_certificate_no", "1169712023", ("prior_certificate_no", "format_invalid")),
    ],
)
def test_what_cannot_be_true_is_not_handed_in(center, coordinator, field, value, fault):
    draft = begun(center, dataclasses.replace(a_draft(), **{field: value}), coordinator)
    assert fault in [(one.field, one.code) for one in submission_faults(draft)]
    refused(fault[1], submit_application, draft, by=coordinator)


def test_a_number_tells_birth_and_sex_and_its_own_type():
    verdict = judge_identity("resident_id", " 11010519491231002x ")
    assert (verdict.valid, verdict.number, verdict.birth, verdict.sex) == (
        True, "11010519491231002X", day("1949-12-31"), "female",
    )  # fmt: skip
    other = judge_identity("resident_id", "810000199001010019")
    assert (other.valid, other.id_type, other.code) == (False, "hmt_residence", "id_type_corrected")
    assert judge_identity("military", "军字第123号").valid
    assert str(judge_identity("resident_id", "110105194912310021").sentence)


def test_a_foreigner_with_a_passport_needs_no_ethnicity(center, coordinator):
    foreigner = a_draft(
        name="ALI BEN OMAR", sex="male", id_type="passport", id_no="L898902C3", nationality="SDN", ethnicity=""
    )
    assert submit_application(begun(center, foreigner, coordinator), by=coordinator).status == Status.SUBMITTED


def test_the_candidate_number_is_a_rule(center, coordinator):
    draft = begun(center, a_draft(candidate_no=""), coordinator)
    refused("required", submit_application, draft, by=coordinator)
    with ruled(center.institution, "candidate_no_required", value=False):
        assert submit_application(draft, by=coordinator).status == Status.SUBMITTED


def test_the_same_person_or_candidate_applies_once_a_batch(center, coordinator):
    number = an_identity_number("1995-05-05", "female")
    an_application(center, draft=a_draft(id_no=number))
    again = begun(center, a_draft(id_no=number), coordinator)
    refused("application_twice", submit_application, again, by=coordinator)
    known = Application.objects.waiting().get().candidate_no
    twice = begun(center, a_draft(candidate_no=known), coordinator)
    refused("candidate_twice", submit_application, twice, by=coordinator)
    an_application(center, batch="2026-autumn", draft=a_draft(id_no=number))


def test_a_withdrawn_application_makes_room_for_another(center, coordinator):
    number = an_identity_number("1995-05-05", "female")
    one = an_application(center, draft=a_draft(id_no=number))
    withdraw_application(one, reason_code="entered_by_mistake", by=coordinator)
    assert an_application(center, draft=a_draft(id_no=number)).status == Status.SUBMITTED


def test_nothing_is_overwritten_that_another_has_changed(center, coordinator):
    draft = begun(center, a_draft(), coordinator)
    seen = draft.version
    edit_application(draft, a_draft(name="王芳"), seen=seen, by=coordinator)
    refused("stale", edit_application, draft, a_draft(name="李娜"), seen=seen, by=coordinator)
    refused("stale", submit_application, draft, seen=seen, by=coordinator)
    refused("stale", withdraw_application, draft, reason_code="own_wish", seen=seen, by=coordinator)
    draft.refresh_from_db()
    assert (draft.name, draft.status, draft.version) == ("王芳", Status.DRAFT, seen + 1)


def test_what_was_handed_in_is_not_edited_until_it_comes_back(center, coordinator):
    one = an_application(center)
    refused("not_editable", edit_application, one, a_draft(), by=coordinator)
    one = return_application(one, reason_code="photo_unfit", comment="太暗", by=the_system())
    edited = edit_application(one, a_draft(name="王芳"), by=coordinator)
    assert submit_application(edited, by=coordinator).status == Status.SUBMITTED
    step = ApplicationStep.objects.get(application=one, verb="enrollment.return_application")
    assert (step.reason_code, step.comment) == ("photo_unfit", "太暗")


def test_another_diploma_has_to_be_verified_again(center, coordinator):
    one = verify_prior(an_application(center), "verified", "registry", by=the_system())
    one = return_application(one, reason_code="data_wrong", by=the_system())
    same = a_draft(prior_certificate_no=one.prior_certificate_no, id_no=one.id_no)
    assert edit_application(one, same, by=coordinator).prior_state == "verified"
    other = dataclasses.replace(same, prior_certificate_no="116971202306999999")
    edited = edit_application(one, other, by=coordinator)
    assert (edited.prior_state, edited.prior_verified_by, edited.prior_method) == ("unverified", None, "")


def test_applications_are_taken_while_their_window_is_open(center, coordinator):
    batch, office = a_batch(center.institution), the_system()
    set_window(batch, "apply", day("2026-01-01"), day("2026-02-01"), by=office)
    refused("window_closed", begun, center, a_draft(), coordinator)
    set_window(batch, "apply", day("2026-01-01"), day("2026-02-02"), school=center.school, by=office)
    draft = begun(center, a_draft(), coordinator)
    with as_on(day("2026-02-02")):
        refused("window_closed", submit_application, draft, by=coordinator)
    assert submit_application(draft, by=coordinator).status == Status.SUBMITTED


def test_who_came_back_is_handed_in_again_as_long_as_decisions_are_made(center, coordinator):
    one = return_application(an_application(center), reason_code="photo_unfit", by=the_system())
    batch, office = one.batch, the_system()
    set_window(batch, "apply", None, day("2026-01-01"), by=office)
    assert submit_application(one, by=coordinator).status == Status.SUBMITTED
    one = return_application(one, reason_code="photo_unfit", by=office)
    set_window(batch, "decide", None, day("2026-01-01"), by=office)
    refused("window_closed", submit_application, one, by=coordinator)


@pytest.mark.parametrize(
    ("center_terms", "version", "batch", "code"),
    [
        ({}, {"study_form": "correspondence"}, "2026-spring", "study_form_not_valid_for_batch"),
        ({"filed": ("2010-01-01", "2026-03-01")}, {}, "2026-spring", "center_filing_lapsed"),
        ({"status": "stop_intake"}, {}, "2026-spring", "center_stopped_intake"),
        ({"majors": ("081503",)}, {}, "2026-spring", "major_not_open_at_center"),
    ],
)
def test_nobody_applies_where_nobody_is_admitted(center_terms, version, batch, code):
    center = a_center(an_institution(), "0107", **center_terms)
    draft = start_application(
        an_offering(center, **version), a_batch(center.institution, batch), a_draft(), by=the_system()
    )
    refused(code, submit_application, draft, by=the_system())


def test_an_outsider_enters_and_changes_nothing_here(center):
    outsider = a_user("wang", *ENTER, at=a_center(center.institution, "0102"))
    onlooker = a_user("zhao", "enrollment.view_applications", at=center)
    one = an_application(center, Status.DRAFT)
    for stranger in (outsider, onlooker):
        for act in (
            lambda by: begun(center, a_draft(), by),
            lambda by: edit_application(one, a_draft(), by=by),
            lambda by: submit_application(one, by=by),
            lambda by: withdraw_application(one, reason_code="own_wish", by=by),
        ):
            with pytest.raises(NotAllowed):
                act(stranger)
    assert (Application.objects.get().version, ApplicationStep.objects.count()) == (1, 1)


def test_a_batch_of_another_institution_is_none_of_this_centre(center):
    foreign = a_batch(an_institution("10534", "湖南科技大学"))
    refused("value_not_possible", start_application, an_offering(center), foreign, a_draft(), by=the_system())


def test_a_withdrawal_gives_the_place_back_and_needs_a_reason(center):
    a_place(center, 1)
    one = an_application(center, Status.ACCEPTED)
    refused("reason_unknown", withdraw_application, one, reason_code="because", by=the_system())
    withdraw_application(one, reason_code="other_school", by=the_system())
    assert AdmissionPlace.objects.current().get().taken == 0
    refused("move_not_possible", withdraw_application, one, reason_code="own_wish", by=the_system())


def test_possible_duplicates_are_told_only_to_who_may_see_them(center, coordinator):
    elsewhere = a_center(center.institution, "0102")
    number = an_identity_number("1995-05-05", "female")
    here = a_student(center, name="李娜", born="1995-05-05", sex="female")
    a_student(elsewhere, name="王芳", born="1995-05-05", sex="female", id_no=number)
    reader = a_user("sun", *ENTER, "people.view_persons", at=center)
    mine = an_application(center, Status.DRAFT, draft=ApplicationDraft(name="李娜", birth_date=day("1995-05-05")))
    found = possible_duplicates(center.institution, a_draft(id_no=number), by=reader)
    assert [(one.same_number, one.subject) for one in found] == [(False, here.person), (False, mine)]
    assert len(possible_duplicates(center.institution, a_draft(id_no=number, name="李\u200b娜"), by=reader)) == 2
    unseen = possible_duplicates(center.institution, a_draft(id_no=number), besides=mine, by=coordinator)
    assert unseen == []
    assert possible_duplicates(center.institution, a_draft(name="赵六"), by=coordinator) == []
    stranger = a_user("qian", *ENTER, at=a_center(an_institution("10534"), "0009"))
    with pytest.raises(NotAllowed):
        possible_duplicates(center.institution, a_draft(id_no=number), by=stranger)


def test_deciders_are_told_that_something_waits_and_the_desk_what_came_back(center, coordinator):
    registrar = a_user("chen", "enrollment.accept_application", "enrollment.return_application", at=center.institution)
    a_user("elsewhere", "enrollment.accept_application", at=a_school(center.institution, "S2", "另一学院"))
    for _ in range(2):
        one = submit_application(begun(center, a_draft(), coordinator), by=coordinator)
    (waiting,) = Notice.objects.all()
    assert (waiting.user, waiting.kind, waiting.terms["count"]) == (registrar, "applications_waiting", 2)
    return_application(one, reason_code="photo_unfit", by=registrar)
    back = Notice.objects.get(user=coordinator)
    assert (back.kind, back.subject_id, set(back.terms)) == ("application_returned", one.public_id, {"center"})


def test_numbers_and_comments_are_sealed_in_the_database(center):
    one = an_application(center)
    stored = Application.objects.raw("SELECT id, encode(id_no, 'escape') AS clear FROM enrollment_application")[0]
    assert one.id_no not in stored.clear
