"""Reasons are shipped, and an institution sets its own beside or instead; what was given before keeps its words."""

import pytest
from django.urls import reverse

from common.errors import DomainError, NotAllowed
from enrollment.duties.services.watching import WITHDRAWN_FOR
from enrollment.models import ApplicationStep, ReasonSetting
from enrollment.records.models.reasons import REASONED_ACTS
from enrollment.records.reasons import Reason, Reasons, is_reason, reasons, shipped_reasons
from enrollment.records.services.reasoning import set_reason
from enrollment.services import RequestDraft, approve_request, request_change, return_application
from tests.applicants import a_place, an_application
from tests.builders import a_center, a_student, a_user, an_institution, day, the_system

pytestmark = pytest.mark.django_db
MEDICAL = Reason("return", "medical", "Medical report missing", "缺体检表")


@pytest.fixture
def center():
    return a_center(an_institution())


def refused(code: str, act, *args, **terms) -> None:
    with pytest.raises(DomainError) as caught:
        act(*args, **terms)
    assert caught.value.code == code


def switched_off(act: str, code: str) -> Reason:
    return Reason(act, code, "x", source="湘教发〔2026〕1号", is_used=False)


def test_every_shipped_reason_is_for_something_and_has_words():
    assert shipped_reasons()
    for (act, code), one in shipped_reasons().items():
        assert act in REASONED_ACTS
        assert code.isidentifier()
        assert all([one.name, one.name_zh])


def test_what_a_list_needs_is_fixed(center):
    for kind in WITHDRAWN_FOR:
        assert shipped_reasons()["change.withdraw", kind].is_fixed
        refused(
            "reason_is_fixed", set_reason, center.institution, switched_off("change.withdraw", kind), by=the_system()
        )


def test_an_own_reason_is_offered_before_the_other_one(center):
    set_reason(center.institution, MEDICAL, by=the_system())
    codes = [code for code, _words in reasons("return", center.institution)]
    assert codes[-2:] == ["medical", "other"]
    assert not is_reason("return", "medical", an_institution("10534"))
    a_place(center)
    return_application(an_application(center), reason_code="medical", by=the_system())
    step = ApplicationStep.objects.get(verb="enrollment.return_application")
    assert Reasons.of(center.institution).given_in(step) == "Medical report missing"


def test_one_that_is_switched_off_is_refused_and_stays_readable(center):
    a_place(center)
    one = an_application(center)
    set_reason(center.institution, switched_off("return", "photo_unfit"), by=the_system())
    refused("reason_unknown", return_application, one, reason_code="photo_unfit", by=the_system())
    assert Reasons.of(center.institution).label("return", "photo_unfit") == "x"
    assert ("photo_unfit", "x") not in reasons("return", center.institution)
    set_reason(center.institution, Reason("return", "photo_unfit", "Photo"), by=the_system())
    return_application(one, reason_code="photo_unfit", by=the_system())
    assert ReasonSetting.objects.count() == 2


def test_a_request_that_waits_keeps_its_reason(center):
    registrar = a_user("asker", "enrollment.request_change", at=center.institution)
    decided = {"decision_no": "1", "decision_date": day("2026-11-01")}
    drafts = [
        RequestDraft("cancel", day(on), reason_code="not_entitled", **decided) for on in ("2026-12-01", "2026-12-02")
    ]
    waiting = request_change(a_student(center), drafts[0], by=registrar)
    set_reason(center.institution, switched_off("change.cancel", "not_entitled"), by=the_system())
    refused("reason_unknown", request_change, waiting.student, drafts[1], by=registrar)
    assert approve_request(waiting, by=the_system()).status == "approved"


def test_what_cannot_be_is_refused(center):
    home = center.institution
    refused("value_not_possible", set_reason, home, Reason("paint", "red", "Red"), by=the_system())
    refused("required", set_reason, home, Reason("return", "red", " "), by=the_system())
    refused("required", set_reason, home, Reason("return", "other", "Other", is_used=False), by=the_system())


def test_only_who_may_sets_reasons(center):
    for nobody in (
        a_user("onlooker", "enrollment.view_applications", at=center.institution),
        a_user("outsider", "enrollment.set_reason", at=an_institution("10534")),
    ):
        with pytest.raises(NotAllowed):
            set_reason(center.institution, MEDICAL, by=nobody)
    assert not ReasonSetting.objects.exists()


def test_staff_set_reasons_in_the_admin(center, client):
    home = center.institution
    registrar = a_user("registrar", "admin.enter", "enrollment.view_applications", "enrollment.set_reason", at=home)
    client.force_login(registrar, backend="django.contrib.auth.backends.ModelBackend")
    address = f"{reverse('admin:enrollment_reasonsetting_set')}?institution={home.public_id}"
    said = {"act": "return", "code": "medical", "name": "Medical report missing", "is_used": "on"}
    page = client.post(address, said, follow=True).content.decode()
    assert "Medical report missing" in page
    assert "A document is missing" in page
    assert "Medical report missing" in client.get(f"{address}&act=return&code=medical").content.decode()
    assert "Name the reason" in client.post(address, said | {"is_used": ""}).content.decode()
