"""The roles that ceportal ships; that they fit what the code asks for is tested with the architecture."""

import pytest

from common.models import AuditEvent
from people.models import Role
from people.services.roles import ensure_roles, shipped_roles
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
