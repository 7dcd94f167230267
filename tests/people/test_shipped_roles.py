"""The roles that ceportal ships; that they fit what the code asks for is tested with the architecture."""

import pytest

from common.grants import GRANTS, Grant
from common.models import AuditEvent
from common.verbs import VERBS, Verb
from people.models import Role
from people.services.roles import ensure_roles, shipped_roles, up_to_date, update_roles
from tests.builders import the_system


def test_duties_are_separate():
    roles = {code: set(role["verbs"]) for code, role in shipped_roles().items()}
    assert not any(verb.startswith(("people.view", "people.reveal", "enrollment.")) for verb in roles["sysadmin"])
    assert roles["auditor"] == {"admin.enter", "common.view_trail"}
    assert "common.view_trail" not in roles["registrar"]
    assert not any(verb.startswith("people.manage") for verb in roles["registrar"])


@pytest.mark.django_db
def test_missing_roles_are_made_once_and_changed_ones_stay():
    assert set(ensure_roles(by=the_system())) == shipped_roles().keys()
    Role.objects.filter(code="coordinator").update(verbs=["admin.enter"])
    assert ensure_roles(by=the_system()) == []
    assert ensure_roles(by=the_system(), reset=True) == ["coordinator"]
    assert Role.objects.get(code="coordinator").verbs == shipped_roles()["coordinator"]["verbs"]
    assert AuditEvent.objects.filter(verb="people.ensure_roles").count() == 2


@pytest.mark.parametrize(("held", "before", "now", "then"), [
    ("a b", "a b", "a b c", "a b c"),  # shipped newly
    ("a b", "a b", "a", "a"),  # no longer shipped
    ("a", "a b", "a b c", "a c"),  # staff have taken b
    ("a b x", "a b", "a b", "a b x"),  # staff have given x
    ("", "a b", "a c", "c"),
])  # fmt: skip
def test_an_update_leaves_what_staff_have_changed(held, before, now, then):
    assert up_to_date(held.split(), before.split(), now.split()) == then.split()


@pytest.mark.django_db
def test_migrating_brings_shipped_grants_up_to_date(monkeypatch):
    assert update_roles() == []  # nothing where nobody works yet
    ensure_roles(by=the_system())
    Role.objects.create(code="own", name="Own", verbs=["people.view_persons", "toy.turn"])
    coordinator = Role.objects.get(code="coordinator")
    coordinator.verbs.remove("people.reveal_number")
    coordinator.save()
    monkeypatch.setitem(GRANTS._things, "new", Grant("coordinator", "toy.wind_up"))
    monkeypatch.setitem(VERBS._former, "toy.turn", Verb("toy.wind_up", "wind up", formerly=("toy.turn",)))
    assert update_roles() == ["own", "coordinator"]
    coordinator.refresh_from_db()
    assert ("toy.wind_up" in coordinator.verbs, "people.reveal_number" in coordinator.verbs) == (True, False)
    assert Role.objects.get(code="own").verbs == ["people.view_persons", "toy.wind_up"]
    assert update_roles() == []
