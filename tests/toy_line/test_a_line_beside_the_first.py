"""A line of work is added beside the first, not inside it: its app brings everything, and no line elsewhere is touched."""

from importlib import import_module

import pytest
from django.core.checks import run_checks
from django.urls import reverse

from common.clock import schedule
from common.decisions import decisions_for
from common.errors import NotAllowed
from common.grants import GRANTS, Grant
from common.ledger import recording
from common.menu import MENU, MenuEntry
from common.models import AuditEvent
from common.notices import sentence
from common.verbs import verb_label
from exchange.kinds import all_kinds
from exchange.models import ImportBatch
from learning_centers.models import Organization, RuleSetting
from learning_centers.rules import rule
from learning_centers.services import Setting, set_rule
from people.models import Notice, Role
from people.services.roles import ensure_roles, update_roles
from tests.builders import TODAY, a_center, a_user, an_institution, the_system
from tests.exchange.importing import imported
from tests.toy_line.installed import installed

pytestmark = pytest.mark.django_db
WIND_UP = "toy_line.wind_up"


@pytest.fixture(autouse=True)
def toy_line():
    with installed():
        yield


@pytest.fixture
def center():
    return a_center(an_institution())


@pytest.fixture
def wind_up(toy_line):
    return import_module("tests.toy_line.services").wind_up


def test_its_verb_is_asked_noted_and_put_in_words(center, wind_up):
    keeper, outsider = (
        a_user("keeper", WIND_UP, at=center),
        a_user("outsider", WIND_UP, at=a_center(an_institution(), "0102")),
    )
    with pytest.raises(NotAllowed):
        wind_up(center, by=outsider)
    assert not AuditEvent.objects.filter(verb=WIND_UP).exists()
    wind_up(center, by=keeper)
    (event,) = AuditEvent.objects.filter(verb=WIND_UP)
    assert str(verb_label(event.verb)) == str(verb_label("toy_line.turn_key")) == "wind up a toy"


def test_its_notice_reaches_who_holds_its_right_and_leads_to_its_page(center, wind_up, client):
    keeper = a_user("keeper", WIND_UP, "portal.enter", at=center)
    a_user("outsider", "portal.enter", at=center)
    wind_up(center, by=keeper)
    (notice,) = Notice.objects.all()
    assert (notice.user, sentence(notice.kind, notice.terms)) == (keeper, f"A toy of {center} was wound up.")
    client.force_login(keeper, backend="django.contrib.auth.backends.ModelBackend")
    followed = client.get(reverse("portal:notice", args=[notice.public_id]))
    assert followed.url == reverse("portal:check_in_list")


def test_its_rule_holds_is_set_anew_and_was_set_under_a_former_name(center, wind_up):
    home, keeper = center.institution, a_user("keeper", WIND_UP, at=center)
    assert wind_up(center, by=keeper) == 3
    set_rule(home, Setting("toy_turns", 5, "house rule"), by=the_system())
    assert wind_up(center, by=keeper) == 5
    other = an_institution("10534")
    with recording(other, by=the_system(), reason="tests.build") as entry:
        RuleSetting.objects.create(institution=other, name="key_turns", value=7, recorded_in_id=entry.id)
    assert rule("toy_turns", other, on=TODAY) == 7


def test_migrating_gives_its_right_to_a_shipped_role_and_makes_its_own():
    ensure_roles(by=the_system())
    Role.objects.filter(code="toy_keeper").delete()
    held = [verb for verb in Role.objects.get(code="registrar").verbs if verb != WIND_UP]
    Role.objects.filter(code="registrar").update(verbs=held, shipped=held)
    assert set(update_roles()) == {"registrar", "toy_keeper"}
    assert WIND_UP in Role.objects.get(code="registrar").verbs
    Role.objects.filter(code="registrar").update(verbs=held)  # staff take it
    assert update_roles() == []
    assert Role.objects.get(code="registrar").verbs == held


def test_its_entries_stand_in_the_menus(center, client):
    for door, page, label in (("admin.enter", "admin:index", "Toy box"), ("portal.enter", "portal:home", "Toy shelf")):
        client.force_login(a_user(door, door, at=center), backend="django.contrib.auth.backends.ModelBackend")
        assert label in client.get(reverse(page)).content.decode()


def test_its_task_stands_on_the_first_page_of_who_may_do_it(center):
    assert [one.title for one in decisions_for(a_user("keeper", WIND_UP, at=center))] == ["A toy stands still"]
    assert decisions_for(a_user("outsider", at=center)) == []


def test_the_clock_starts_its_work():
    task = import_module("tests.toy_line.tasks").run_down.name
    assert schedule()["toys"] == {"task": task, "schedule": 30.0, "options": {"expires": 60}}


def test_its_files_are_imported(center):
    assert "toy_makers" in [kind.name for kind in all_kinds()]
    batch = imported("toy_makers", "toys.csv", "玩具厂家\n小熊玩具厂\n".encode(), institution=center.institution)
    assert batch.status == ImportBatch.State.COMMITTED
    assert Organization.objects.filter(institution=center.institution, name="小熊玩具厂").exists()


def test_what_it_brings_is_checked(monkeypatch):
    assert [one for one in run_checks() if one.id.startswith("ceportal")] == []
    planted = {"a": Grant("registrar", "toy_line.wind"), "b": Grant("toy_keper", WIND_UP)}
    entries = {"c": MenuEntry("toy_line.bear", "toys", 20), "d": MenuEntry("people.nobody", "no_such_group", 20)}
    with monkeypatch.context() as patched:  # undone before the line goes, so that nothing of it comes back
        patched.setattr(GRANTS, "_things", GRANTS._things | planted)
        patched.setattr(MENU, "_things", MENU._things | entries)
        found = sorted(one.id for one in run_checks() if one.id.startswith("ceportal"))
    assert found == ["ceportal.E040", "ceportal.E041", "ceportal.E042", "ceportal.E043", "ceportal.E043"]
