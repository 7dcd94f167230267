"""Whom to admit: checklist, prior diploma, enrolment elsewhere, places; one by one or in bulk (docs/rules.md §§2.3, 2.4)."""

import pytest

from common.dates import as_on
from common.errors import DomainError, NotAllowed
from common.ledger import recording
from common.models import AuditEvent, Recording
from enrollment.admission.checklist import checklists
from enrollment.admission.models.applications import HOLDING
from enrollment.admission.models.applications import ApplicationStatus as Status
from enrollment.admission.services.deciding import check_many
from enrollment.models import AdmissionPlace, Application, ApplicationCheck, ChecklistItem
from enrollment.services import (
    accept_application,
    check_in,
    check_item,
    check_items,
    decide_many,
    decision_outlook,
    issue_notices,
    preview_many,
    reject_application,
    return_application,
    set_window,
    verify_prior,
)
from people.models import Notice
from people.services import merge_persons
from tests.applicants import GOOD, a_draft, a_place, an_application, checked
from tests.builders import a_center, a_student, a_user, an_identity_number, an_institution, day, the_system
from tests.enrollment.rules import ruled

pytestmark = pytest.mark.django_db
DECIDE = ("enrollment.accept_application", "enrollment.return_application", "enrollment.reject_application")


@pytest.fixture(autouse=True)
def _winter():
    with as_on(day("2026-02-01")):
        yield


@pytest.fixture
def center():
    return a_center(an_institution())


def accept(application, **terms):
    return accept_application(application, by=the_system(), **terms)


def refused(code, act, *args, **terms):
    with pytest.raises(DomainError) as refusal:
        act(*args, **terms)
    assert refusal.value.code == code
    return refusal.value


def taken():
    return AdmissionPlace.objects.current().get().taken


def codes(results):
    return [refusal and refusal.code for _application, refusal in results]


def test_all_that_stands_in_the_way_is_told_at_once(center):
    outlook = decision_outlook(an_application(center))
    assert [one.code for one in outlook.obstacles] == [
        "prior_not_verified",
        "checklist_incomplete",
        "no_admission_plan",
    ]
    assert (outlook.free, [item.code for item, _found in outlook.checks]) == (
        None, ["identity", "photo", "exam", "prior_diploma", "residence"],
    )  # fmt: skip
    a_place(center, 0)
    ready = checked(an_application(center))
    assert ([one.code for one in decision_outlook(ready).obstacles], decision_outlook(ready).free) == (
        ["quota_exceeded"],
        0,
    )
    refused("quota_exceeded", accept, ready)


def test_a_junior_college_diploma_is_verified_before_acceptance_unless_a_rule_says_otherwise(center):
    a_place(center)
    one = an_application(center)
    check_items([one], GOOD, by=the_system())
    refused("prior_not_verified", accept, one)
    verify_prior(one, "not_found", "registry", by=the_system())
    refused("prior_not_found", accept, one)
    with ruled(center.institution, "prior_diploma_verified", value=False, province_code="440000"):
        refused("prior_not_found", accept, one)
    with ruled(center.institution, "prior_diploma_verified", value=False, province_code="430000"):
        assert accept(one).status == Status.ACCEPTED
    refused("prior_method_missing", verify_prior, one, "verified", "", by=the_system())


def test_what_was_found_stands_once_the_matter_is_closed(center):
    a_place(center)
    one = checked(an_application(center))
    reject_application(one, reason_code="other", by=the_system())
    refused("not_editable", verify_prior, one, "not_found", by=the_system())
    refused("not_editable", check_items, [one], {"photo": "wrong"}, by=the_system())
    assert codes(check_many([one], {"photo": "wrong"}, by=the_system())) == ["not_editable"]
    one.refresh_from_db()
    assert (one.prior_state, ApplicationCheck.objects.current().get(item="photo").result) == ("verified", "good")


def test_who_comes_from_secondary_school_brings_no_diploma(center):
    a_place(center, level_path="sec_to_ba")
    one = an_application(center, level_path="sec_to_ba", draft=a_draft(prior_school="", prior_certificate_no=""))
    assert "prior_diploma" not in [item.code for item, _found in decision_outlook(one).checks]
    check_items([one], {"identity": "good", "photo": "waived", "exam": "good"}, by=the_system())
    assert accept(one).status == Status.ACCEPTED
    refused("item_unknown", check_items, [one], {"prior_diploma": "good"}, by=the_system())


def test_a_later_finding_stands_instead_of_the_earlier(center):
    a_place(center)
    one = checked(an_application(center))
    check_item(one, "photo", "wrong", remark="模糊", by=the_system())
    refused("checklist_incomplete", accept, one)
    check_item(one, "photo", "good", by=the_system())
    assert accept(one).status == Status.ACCEPTED
    assert ApplicationCheck.objects.filter(application=one, item="photo").count() == 3
    refused("value_not_possible", check_item, one, "photo", "splendid", by=the_system())


def test_an_institution_has_its_own_checklist(center):
    def own(code, **values):
        with recording(center.institution, by=the_system(), reason="tests.items") as entry:
            known = {"institution": center.institution, "name": code, "recorded_in_id": entry.id}
            ChecklistItem.objects.create(code=code, **known | values)

    own("health", name="Health form", name_zh="体检表")
    own("photo", is_used=False)
    own("residence", level_path="jc_to_ba", is_required=True)
    own("exam", level_path="sec_to_jc", is_used=False)
    items = {item.code: item for item in checklists(center.institution, ["jc_to_ba"])["jc_to_ba"]}
    assert [*items] == ["identity", "exam", "prior_diploma", "residence", "health"]
    assert items["residence"].is_required
    assert str(items["health"]) == "Health form"


def test_nobody_studies_twice_at_once_unless_a_rule_allows_it(center):
    a_place(center)
    number = an_identity_number("1995-05-05", "female")
    a_student(center, id_no=number, entered="2025-03-01")
    same = checked(an_application(center, draft=a_draft(id_no=number)))
    refused("person_already_enrolled", accept, same)
    with ruled(center.institution, "concurrent_enrolment_allowed", value=True):
        refused("person_already_enrolled", accept, same)
        another = {"level_path": "sec_to_ba", "batch": "2026-autumn", "draft": a_draft(id_no=number)}
        a_place(center, code="2026-autumn", level_path="sec_to_ba")
        other = an_application(center, **another)
        check_items([other], {"identity": "good", "photo": "good", "exam": "good"}, by=the_system())
        assert accept(other).status == Status.ACCEPTED
    who_left = an_identity_number("1995-05-05", "female")
    a_student(center, id_no=who_left, entered="2023-03-01", changes=[("withdraw", "2024-01-01")])
    assert accept(checked(an_application(center, draft=a_draft(id_no=who_left)))).status == Status.ACCEPTED


def test_two_records_of_one_person_count_as_one(center):
    a_place(center)
    student = a_student(center, entered="2025-03-01")
    former = a_student(
        center, entered="2020-03-01", changes=[("graduate", "2022-07-01")], name="李娜", born="1995-05-05", sex="female"
    )
    merge_persons(student.person, former.person, reason="same", by=the_system())
    number = former.person.documents.get().number
    one = checked(an_application(center, draft=a_draft(id_no=number)))
    refused("person_already_enrolled", accept, one)


def test_a_place_held_for_another_batch_excludes_too(center):
    number = an_identity_number("1995-05-05", "female")
    for batch in ("2026-spring", "2026-autumn"):
        a_place(center, code=batch)
    held = an_application(center, Status.ACCEPTED, draft=a_draft(id_no=number))
    second = checked(an_application(center, batch="2026-autumn", draft=a_draft(id_no=number)))
    refused("person_already_enrolled", accept, second)
    reject_application(check_in_of(held), reason_code="not_entitled", by=the_system())
    assert accept(second).status == Status.ACCEPTED


def check_in_of(application):
    issue_notices([application], on=day("2026-02-01"), by=the_system())
    with as_on(day("2026-03-01")):
        return check_in(application, on=day("2026-03-01"), by=the_system())


def test_decisions_are_made_while_their_window_is_open(center):
    a_place(center)
    one = checked(an_application(center))
    set_window(one.batch, "decide", day("2026-01-01"), day("2026-02-01"), by=the_system())
    refused("window_closed", accept, one)
    set_window(one.batch, "decide", day("2026-01-01"), None, by=the_system())
    assert accept(one).status == Status.ACCEPTED


@pytest.mark.parametrize(("act", "to"), [(return_application, "returned"), (reject_application, "rejected")])
def test_who_sends_back_or_rejects_says_why(center, act, to):
    one = an_application(center)
    refused("reason_unknown", act, one, reason_code="", by=the_system())
    assert act(one, reason_code="other", by=the_system()).status == to


def test_many_are_accepted_as_far_as_the_places_reach_in_the_given_order(center):
    a_place(center, 2)
    first, second, third = (checked(an_application(center)) for _ in range(3))
    unready = an_application(center)
    rows = [third, unready, first, second, third]
    expected = [None, "prior_not_verified", None, "quota_exceeded"]
    assert codes(preview_many(rows, "accept", by=the_system())) == expected
    assert taken() == 0
    before = Recording.objects.count()
    results = decide_many(rows, "accept", by=the_system())
    assert [one.pk for one, _refusal in results] == [third.pk, unready.pk, first.pk, second.pk]
    assert (codes(results), taken(), Recording.objects.count() - before) == (expected, 2, 1)
    assert set(Application.objects.filter(status__in=HOLDING)) == {first, third}
    assert AuditEvent.objects.filter(verb="enrollment.accept_application").count() == 2
    assert codes(decide_many(rows, "reject", reason_code="no_place", by=the_system())) == [
        "move_not_possible", None, "move_not_possible", None,
    ]  # fmt: skip


def test_in_bulk_a_foreign_application_is_refused_for_itself_alone(center):
    a_place(center)
    elsewhere = a_center(center.institution, "0102")
    manager = a_user("chen", *DECIDE, at=center)
    mine, theirs = checked(an_application(center)), an_application(elsewhere)
    results = decide_many([theirs, mine], "accept", by=manager)
    assert codes(results) == ["not_allowed", None]
    theirs.refresh_from_db()
    assert theirs.status == Status.SUBMITTED


def test_an_outsider_decides_nothing(center):
    a_place(center)
    one = checked(an_application(center))
    outsider = a_user(
        "wang",
        *DECIDE,
        "enrollment.check_application",
        "enrollment.verify_prior",
        at=a_center(center.institution, "0102"),
    )
    for act in (
        lambda: accept_application(one, by=outsider),
        lambda: return_application(one, reason_code="other", by=outsider),
        lambda: reject_application(one, reason_code="other", by=outsider),
        lambda: check_items([one], GOOD, by=outsider),
        lambda: verify_prior(one, "verified", "registry", by=outsider),
    ):
        with pytest.raises(NotAllowed):
            act()
    one.refresh_from_db()
    assert (one.status, taken()) == (Status.SUBMITTED, 0)


def test_a_decision_about_what_somebody_else_has_changed_is_refused(center):
    a_place(center)
    one = checked(an_application(center))
    seen = one.version
    check_item(one, "photo", "wrong", by=the_system())
    refused("stale", accept, one, seen=seen)
    refused("stale", check_item, one, "photo", "good", seen=seen, by=the_system())


def test_the_desk_is_told_once_of_many_decisions(center):
    a_place(center)
    coordinator = a_user("li", "enrollment.enter_application", at=center)
    rows = [checked(an_application(center, by=coordinator)) for _ in range(3)]
    decide_many(rows, "accept", by=the_system())
    told = Notice.objects.get(user=coordinator)
    assert (told.kind, told.terms["count"]) == ("application_accepted", 3)
