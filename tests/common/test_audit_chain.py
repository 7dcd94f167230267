import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from common.audit import AuditNote, write_audit
from common.models import AuditEvent
from common.sealing import chain_heads, seal_audit_events
from common.verifying import verify_audit_chain
from tests.builders import an_institution, the_system
from tests.owning import tamper

pytestmark = pytest.mark.django_db


@pytest.fixture
def events():
    institution = an_institution()
    notes = [AuditNote(f"tests.act_{number}") for number in range(5)]
    write_audit(notes, by=the_system(), institution_id=institution.pk)
    seal_audit_events()
    return list(AuditEvent.objects.order_by("pk"))


def faults(heads=()) -> list[tuple[int, str]]:
    return [(fault.position, fault.problem.split(":")[0]) for fault in verify_audit_chain(heads)]


def test_an_untouched_chain_holds(events):
    assert faults() == []
    assert seal_audit_events() == 0


@pytest.mark.parametrize(
    "change",
    ["verb = 'x'", "actor_id = NULL", "at = now()", "reason = 'y'", "detail = '{\"a\": 1}'", "reference = 'z'"],
)
def test_a_planted_change_is_found_with_its_place(events, change):
    tamper(f"UPDATE common_auditevent SET {change} WHERE id = %s", events[2].pk)
    assert faults()[0] == (3, "the event differs from what was sealed")


def test_a_removed_link_is_found(events):
    tamper("DELETE FROM common_auditseal WHERE event_id = %s", events[2].pk)
    assert (3, "a link is missing") in faults()


def test_a_cut_tail_is_found_by_the_head_that_was_kept(events):
    kept = list(chain_heads())
    tamper("DELETE FROM common_auditseal WHERE event_id = %s", events[4].pk)
    assert faults() == []
    assert faults(kept) == [(5, "the tail is cut off")]


def test_the_database_refuses_to_change_an_event(events):
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEvent.objects.filter(pk=events[0].pk).update(verb="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEvent.objects.filter(pk=events[0].pk).delete()


def test_the_command_fails_loudly(events, capsys):
    call_command("verify_audit_chain")
    tamper("UPDATE common_auditevent SET verb = 'x' WHERE id = %s", events[0].pk)
    with pytest.raises(CommandError):
        call_command("verify_audit_chain")
