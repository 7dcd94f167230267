"""Figures that were altered by SQL are told on the page that shows them, to the auditors and to the log."""

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from common.dates import PartialDate
from common.models import AuditEvent
from common.sealing import seal_audit_events
from people.models import Notice
from reporting.models import FrozenReturn, PublishedFigure, SliceFigures, StatisticsRun
from reporting.services import compute_run, freeze_return, run_for
from reporting.services.publishing import Claim, publish_figures
from tests.builders import a_center, a_student, a_user, an_institution, day
from tests.owning import tamper

pytestmark = pytest.mark.django_db
WARNING = {"en": "These figures have been changed since", "zh-hans": "这些数字此后被改动过"}


@pytest.fixture
def home():
    return an_institution()


@pytest.fixture
def registrar(home):
    rights = ("compute_statistics", "freeze_return", "publish_figures", "view_figures")
    return a_user("registrar", "admin.enter", *(f"reporting.{right}" for right in rights), at=home)


@pytest.fixture(autouse=True)
def auditor(home):
    a_user("foreigner", "common.view_trail", at=an_institution("10003", "清华大学"))
    return a_user("auditor", "common.view_trail", at=home)


@pytest.fixture
def run(home, registrar):
    a_student(a_center(home))
    return compute_run(run_for(home, day("2025-09-01"), by=registrar).pk)


@pytest.fixture
def frozen(run, registrar):
    return freeze_return(run, title="2025", by=registrar)


@pytest.fixture
def claim(home, registrar):
    claims = [Claim(name="staff", value=40, label="教师", source="x", as_of=PartialDate.parse("2020"))]
    publish_figures(home, claims, by=registrar)
    seal_audit_events()
    return PublishedFigure.objects.get()


@pytest.fixture
def warned(client, registrar):
    """Whether the page of a row warns, in both languages alike."""
    client.force_login(registrar, backend=settings.AUTHENTICATION_BACKENDS[-1])

    def ask(path):
        said = {
            client.get(path, HTTP_ACCEPT_LANGUAGE=code).content.decode().count(text) for code, text in WARNING.items()
        }
        assert len(said) == 1
        return said == {1}

    return ask


def page(row) -> str:
    key = row.public_id if hasattr(row, "public_id") else row.pk
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[key])


def told() -> list[tuple[str, int]]:
    return [(one.user.username, one.terms["count"]) for one in Notice.objects.filter(kind="figures_changed")]


@pytest.mark.parametrize(
    "change", ["figures = jsonb_set(figures, '{\"\",0,1,deg.stock}', '2')", "as_of = '2025-09-02'"]
)
def test_a_changed_return_is_told(frozen, warned, change, caplog):
    assert not warned(page(frozen))
    tamper(f"UPDATE reporting_frozenreturn SET {change}")
    assert warned(page(frozen))
    assert told() == [("auditor", 2)]
    assert "figures are not what they were" in caplog.text


def test_a_return_whose_digest_was_changed_too_is_told_by_its_event(frozen, warned):
    digest = "0" * 64
    assert AuditEvent.objects.get(verb="reporting.freeze_return").detail == {"digest": frozen.digest}
    tamper("UPDATE reporting_frozenreturn SET digest = %s", digest)
    assert warned(page(frozen))


def test_a_return_of_which_no_event_tells_is_no_return(frozen, warned):
    tamper("DELETE FROM common_auditevent WHERE verb = 'reporting.freeze_return'")
    assert warned(page(frozen))


def test_a_return_from_before_its_event_held_the_digest_holds(frozen, warned):
    tamper("UPDATE common_auditevent SET detail = '{}' WHERE verb = 'reporting.freeze_return'")
    assert not warned(page(frozen))


@pytest.mark.parametrize("change", ["SET values = '{\"deg.stock\": 2}' WHERE breakdown = ''", "SET key = '[\"x\"]'"])
def test_a_changed_cell_of_a_run_is_told(run, warned, change):
    assert not warned(page(run))
    tamper(f"UPDATE reporting_slicefigures {change}")
    assert warned(page(run))


def test_a_run_that_is_done_does_not_change(run):
    for rows, change in ((StatisticsRun, {"digest": "x"}), (SliceFigures, {"values": {}})):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        SliceFigures.objects.create(run=run, breakdown="", position=99, key=[], values={})


def test_a_changed_claim_is_told_where_the_institution_shows_itself(claim, home, warned):
    profile = reverse("institution_profile", args=[home.code])
    assert not warned(page(claim))
    assert not warned(profile)
    tamper("UPDATE reporting_publishedfigure SET value = 4000")
    assert warned(page(claim))
    assert warned(profile)


def test_others_are_not_concerned(claim, frozen, warned):
    other = an_institution("10003")
    tamper("UPDATE reporting_publishedfigure SET value = 4000")
    assert not warned(reverse("institution_profile", args=[other.code]))
    assert FrozenReturn.objects.count() == 1
    assert told() == []
