"""Seen in a week of daily use: what is typed, refused, listed and asked for next says what is so."""

import pytest
from django.urls import reverse

from common.dates import as_on
from common.errors import DomainError
from enrollment.admission.forms.applications import ApplicationForm
from enrollment.duties.reports.waiting import not_entitled
from enrollment.exports import RosterTerms, rows
from enrollment.models import AdmissionPlace, EntitlementCheck, StudentChange
from enrollment.records.models.students import Student
from enrollment.services import (
    ChangeDraft,
    RequestDraft,
    check_in,
    decision_outlook,
    grant_late_arrival,
    issue_notices,
    preview_change,
    record_change,
    record_entitlement,
    request_change,
    reverse_change,
    set_window,
    submission_faults,
    submit_application,
    verify_prior,
)
from people.services.roles import shipped_roles
from tests.applicants import a_draft, a_place, an_application
from tests.builders import a_center, a_student, a_user, an_institution, day, the_system


@pytest.fixture
def center(db):
    return a_center(an_institution(), "0101", filed=("2024-01-01", "2040-01-01"))


def typed(**values):
    """A form that a browser sends, so far as this matters."""
    return ApplicationForm(AdmissionPlace.objects.none(), {"name": "李娜", "id_type": "resident_id"} | values)


def said(form, *names):
    form.is_valid()
    return [form.cleaned_data.get(name) for name in names]


def test_a_foreigner_is_not_taken_for_a_chinese_by_leaving_it_out(center):
    foreigner = {"id_type": "passport", "id_no": "L898902C3", "ethnicity": "01"}
    assert said(typed(), "nationality") == ["CHN"]
    assert said(typed(**foreigner), "nationality", "ethnicity") == ["", ""]
    assert said(typed(**foreigner, nationality="中国"), "nationality", "ethnicity") == ["CHN", "01"]


@pytest.mark.parametrize("on", ["1975-06-30", "2026-03-02"])
def test_a_diploma_is_not_older_than_its_holder_nor_of_tomorrow(center, on):
    application = an_application(center, "draft", draft=a_draft(prior_graduated_on=day(on)))
    with as_on(day("2026-03-01")):
        assert [one.code for one in submission_faults(application)] == ["prior_date_impossible"]
        with pytest.raises(DomainError):
            submit_application(application, by=the_system())


def test_a_number_of_another_kind_is_told_with_its_kind(center):
    application = an_application(center, "draft", draft=a_draft(id_no="810000199001010019"))
    with as_on(day("2026-03-01")):
        fault = next(one for one in submission_faults(application) if one.field == "id_no")
    assert fault.code == "id_of_hmt_residence"


def test_a_diploma_sought_in_vain_is_not_called_unverified(center):
    application = verify_prior(an_application(center), "not_found", "registry", by=the_system())
    codes = [one.code for one in decision_outlook(application).obstacles]
    assert "prior_not_found" in codes
    assert "prior_not_verified" not in codes
    with pytest.raises(DomainError) as refusal:
        verify_prior(application, "verified", by=the_system())
    assert (refusal.value.code, refusal.value.details["field"]) == ("prior_method_missing", "method")


def test_leave_to_arrive_late_holds_beyond_the_days_of_check_in(center):
    a_place(center)
    application = an_application(center, "accepted")
    set_window(application.batch, "check_in", day("2026-02-20"), day("2026-03-20"), by=the_system())
    with as_on(day("2026-03-01")):
        issue_notices([application], on=day("2026-03-01"), by=the_system())
        grant_late_arrival(application, until=day("2026-04-10"), reason_code="illness", by=the_system())
    with as_on(day("2026-04-10")):
        assert check_in(application, on=day("2026-04-10"), by=the_system()).status == "checked_in"


def test_who_is_registered_ahead_is_neither_called_nor_listed_active(center):
    a_place(center)
    student = an_application(center, "registered").student

    def listed(**terms):
        return list(rows(the_system(), center.institution, center, RosterTerms(**terms)))

    with as_on(day("2026-02-28")):
        assert "2026-03-01" in student.get_current_state_display()
        assert (list(Student.objects.entered(day("2026-02-28"))), listed()) == ([], [])
        assert listed(batch="2026-spring") == [student]
    with as_on(day("2026-03-01")):
        assert (str(student.get_current_state_display()), listed()) == ("active", [student])


def test_a_change_before_a_decided_later_one_is_not_refused_as_if_the_student_had_left(center):
    student = a_student(center, changes=(("suspend", "2026-12-12"),))
    expulsion = ChangeDraft("expel", day("2026-11-21"), decision_no="3", decision_date=day("2026-11-20"))
    with pytest.raises(DomainError) as refusal:
        preview_change(student, expulsion)
    assert refusal.value.code == "later_change_in_the_way"


def test_the_document_that_takes_back_is_not_read_as_a_second_change(center):
    student = a_student(center)
    record_change(student, ChangeDraft("deceased", day("2026-01-19")), by=the_system())
    reverse_change(StudentChange.objects.in_force().get(), decision_no="4", reason="误报", by=the_system())
    names = [one.name for one in StudentChange.objects.current().filter(student=student).order_by("pk")]
    assert len(set(names)) == 2


def test_a_failed_recheck_waits_until_somebody_asks_for_the_cancellation(center, client):
    a_place(center)
    student = an_application(center, "registered").student
    assert not not_entitled(the_system())
    record_entitlement(student, EntitlementCheck.Result.FAILED, "证书系伪造", by=the_system())
    [check] = not_entitled(the_system())
    client.force_login(
        a_user("registrar", *shipped_roles()["registrar"]["verbs"], at=center.institution),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    page = reverse("admin:enrollment_entitlementcheck_change", args=[check.pk])
    assert page in client.get(reverse("admin:index")).text
    assert f"?row={student.public_id}" in client.get(page).text


def test_a_record_names_what_is_asked_for_and_what_was_corrected(center, client):
    student = a_student(center, name="陳大文")
    registrar = a_user("registrar", *shipped_roles()["registrar"]["verbs"], at=center.institution)
    draft = RequestDraft("correct", fact="name", new_value="陈大文", reason_code="typing_error")
    request_change(student, draft, save_only=True, by=registrar)
    client.force_login(registrar, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(
        reverse("admin:enrollment_student_change", args=[student.public_id]), headers={"accept-language": "en"}
    )
    table = next(one for one in page.context["tables"] if "corrections" in str(one.caption))
    assert [str(cell) for cell in (table.rows[0][0].value, table.rows[0][2])] == ["correction: name", "draft"]
