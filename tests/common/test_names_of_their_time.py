"""Who acted stands in the trail under the name of that time: renaming an account does not rewrite what it did."""

import pytest
from django.urls import reverse

from common.audit import AuditNote, write_audit
from common.ledger import recording
from common.models import AuditEvent, Recording
from common.sealing import seal_audit_events
from common.verifying import verify_audit_chain
from tests.builders import a_user, an_institution
from tests.owning import tamper

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor():
    user = a_user("li", display_name="李老师", at=an_institution())
    write_audit([AuditNote("tests.act")], by=user, institution_id=an_institution().pk)
    with recording(an_institution(), by=user, reason="tests.record"):
        pass
    return user


def rename(user) -> None:
    user.username, user.display_name = "wang", "王老师"
    user.save()


def test_events_and_recordings_keep_the_name(actor):
    rename(actor)
    assert AuditEvent.objects.get(verb="tests.act").by == "李老师 (li)"
    assert Recording.objects.get(reason="tests.record").by == "李老师 (li)"


def test_the_trail_shows_it_to_the_auditor(actor, client):
    rename(actor)
    auditor = a_user("auditor", "admin.enter", "common.view_trail", at=an_institution())
    client.force_login(auditor, backend="django.contrib.auth.backends.ModelBackend")
    event = AuditEvent.objects.get(verb="tests.act")
    for page in ("common_auditevent_changelist", "common_recording_changelist"):
        assert "李老师 (li)" in client.get(reverse(f"admin:{page}")).content.decode()
    page = client.get(reverse("admin:common_auditevent_change", args=[event.pk])).content.decode()
    assert "李老师 (li)" in page
    assert "王老师" not in page


def test_the_name_is_sealed_and_events_from_before_names_were_kept_still_hold(actor):
    tamper("UPDATE common_auditevent SET actor_name = '' WHERE verb = 'tests.record'")
    seal_audit_events()
    assert list(verify_audit_chain()) == []
    assert AuditEvent.objects.get(verb="tests.record").by == "李老师"
    tamper("UPDATE common_auditevent SET actor_name = '王老师 (wang)' WHERE verb = 'tests.act'")
    assert [fault.problem for fault in verify_audit_chain()] == ["the event differs from what was sealed"]
