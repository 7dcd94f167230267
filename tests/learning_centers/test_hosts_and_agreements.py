"""Another host is for the authorities another centre: filed again, under an agreement of its own."""

import pytest
from django.urls import reverse

from common.errors import DomainError, NotAllowed
from learning_centers.models import AgreementVersion, CenterAgreement, LearningCenter, Organization
from learning_centers.services import (
    CenterDraft,
    Filing,
    OrganizationDraft,
    Place,
    Terms,
    activate_center,
    agree_with_host,
    change_host,
    file_center,
    open_center,
    register_organization,
    sign_agreement,
)
from tests.builders import a_school, a_user, an_institution, day, the_system

pytestmark = pytest.mark.django_db
HOST = OrganizationDraft(name="长沙职业学校", uscc="124300001234567887")
NEXT = OrganizationDraft(name="株洲职业学校")
YEARS = Terms(begin=day("2025-01-01"), end=day("2030-01-01"))
ACTS = ["learning_centers.change_host", "learning_centers.agree_with_host", "learning_centers.register_organization"]


@pytest.fixture
def center():
    institution = an_institution()
    draft = CenterDraft(
        code="0101", name="长沙教学点", school_id=a_school(institution).pk, regime="filed", host=HOST, agreement=YEARS,
        place=Place(province_code="430000"), statuses=[(None, "proposed")], filings=[Filing(begin=day("2025-01-01"))],
    )  # fmt: skip
    return open_center(institution, draft, by=the_system())


@pytest.fixture
def registrar(center, client):
    user = a_user("registrar", "admin.enter", "learning_centers.view_centers", *ACTS, at=center.institution)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def refused(code: str, act, *args, **terms) -> None:
    with pytest.raises(DomainError) as caught:
        act(*args, **terms)
    assert caught.value.code == code


def send(client, act: str, center, **values) -> str:
    address = reverse(f"admin:learning_centers_learningcenter_{act}", args=[center.public_id])
    return client.post(address, values, follow=True).content.decode()


def test_a_changed_host_is_filed_and_agreed_with_again(center):
    by, on = the_system(), day("2026-06-01")
    host = register_organization(center.institution, NEXT, by=by)
    refused("nothing_changes", change_host, center, Organization.objects.get(uscc=HOST.uscc), on=on, by=by)
    change_host(center, host, on=on, by=by)
    refused("center_filing_lapsed", activate_center, center, on=on, by=by)
    file_center(center, Filing(begin=on), by=by)
    refused("agreement_not_in_effect", activate_center, center, on=on, by=by)
    agree_with_host(center, Terms(begin=on), number="2026-1", by=by)
    assert activate_center(center, on=on, by=by).status == "active"


def test_an_agreement_is_renewed_version_by_version(center):
    known = CenterAgreement.objects.get().agreement_version.agreement
    version = agree_with_host(center, Terms(begin=day("2030-01-01")), renews=known, by=the_system())
    assert (version.agreement, version.serial) == (known, 2)
    assert center.agreements.current().count() == 2
    agree_with_host(center, Terms(begin=day("2031-01-01")), number="7", by=the_system())
    refused("agreement_number_taken", agree_with_host, center, YEARS, number="7", by=the_system())
    other = register_organization(center.institution, NEXT, by=the_system())
    foreign = sign_agreement(other, "learning_center", YEARS, by=the_system())
    refused("other_host", agree_with_host, center, YEARS, renews=foreign, by=the_system())


def test_only_who_may_records_hosts_and_agreements(center):
    outsider = a_user("outsider", *ACTS, at=an_institution("10534"))
    onlooker = a_user("onlooker", "learning_centers.view_centers", at=center.institution)
    host = Organization.objects.get()
    for nobody in (outsider, onlooker):
        with pytest.raises(NotAllowed):
            change_host(center, host, on=day("2026-06-01"), by=nobody)
        with pytest.raises(NotAllowed):
            agree_with_host(center, YEARS, by=nobody)
    assert AgreementVersion.objects.count() == 1


def test_the_registrar_names_a_host_that_is_known_or_new(registrar, center):
    page = send(registrar, "change_host", center, uscc="", name="", on="2026-06-01")
    assert "Name the organization; it is not known yet." in page
    page = send(registrar, "change_host", center, uscc="x", name="某校", on="2026-06-01")
    assert "This is not a valid unified social credit code." in page
    assert "某校" in send(registrar, "change_host", center, uscc="", name="某校", on="2026-06-01")
    send(registrar, "change_host", center, uscc=HOST.uscc, name="", on="2026-07-01")
    hosts = [one.host.name for one in center.periods.current().order_by("begin") if one.begin]
    assert hosts == ["某校", HOST.name]
    assert Organization.objects.count() == 2


def test_the_registrar_puts_an_agreement_on_file(registrar, center):
    said = {"renews": "", "number": "协2026-9", "begin": "2030-01-01", "end": "2029-01-01", "text": ""}
    assert "The end must lie after the beginning." in send(registrar, "agree", center, **said)
    page = send(registrar, "agree", center, **said | {"end": "2035-01-01"})
    assert "协2026-9" in page
    assert "协2026-9" in registrar.get(
        reverse("admin:learning_centers_organization_change", args=[Organization.objects.get().public_id])
    ).content.decode()  # fmt: skip
    renewed = LearningCenter.objects.get().agreements.current().get(agreement_version__agreement__number="协2026-9")
    send(registrar, "agree", center, **said | {"renews": renewed.agreement_version.agreement.pk, "end": "2036-01-01"})
    assert renewed.agreement_version.agreement.versions.current().count() == 2
