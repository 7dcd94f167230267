"""The heads of the chains go to a file, by mail or to syslog; a place that fails or lost what it had is told."""

import socket

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from common.audit import AuditNote, write_audit
from common.heads import keep_heads, kept_heads
from common.models import AuditEvent
from common.sealing import chain_heads, seal_audit_events
from tests.builders import an_institution, the_system
from tests.owning import tamper

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def events(settings, tmp_path):
    settings.AUDIT_HEADS = f"file://{tmp_path}/kept/heads"
    for number in range(3):
        write_audit([AuditNote(f"tests.act_{number}")], by=the_system(), institution_id=an_institution().pk)
    seal_audit_events()


def test_a_file_grows_by_the_heads_and_is_read_back():
    assert kept_heads() == []
    assert keep_heads() == 1
    keep_heads()
    assert [line.split()[1] for line in kept_heads()] == list(chain_heads()) * 2
    assert AuditEvent.objects.filter(verb="common.keep_heads").count() == 2


def test_a_file_that_is_gone_is_no_empty_file(tmp_path):
    keep_heads()
    (tmp_path / "kept/heads").unlink()
    with pytest.raises(FileNotFoundError):
        kept_heads()
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("verify_audit_chain")


def test_the_command_compares_with_the_file():
    keep_heads()
    call_command("verify_audit_chain")
    tamper(
        "DELETE FROM common_auditseal WHERE event_id = (SELECT max(event_id) FROM common_auditseal WHERE position > 1)"
    )
    with pytest.raises(CommandError, match="changed"):
        call_command("verify_audit_chain", "--no-seal")


def test_by_mail(settings):
    settings.AUDIT_HEADS, settings.MAIL_NOTICES = "mailto:auditor@example.edu.cn", True
    keep_heads()
    (letter,) = mail.outbox
    assert letter.to == ["auditor@example.edu.cn"]
    assert next(chain_heads()) in letter.body
    settings.MAIL_NOTICES = False
    with pytest.raises(OSError, match="MAIL_SERVER"):
        keep_heads()


def test_to_syslog(settings):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(5)
        settings.AUDIT_HEADS = f"syslog://127.0.0.1:{listener.getsockname()[1]}"
        keep_heads()
        assert next(chain_heads()) in listener.recv(2000).decode()


def test_a_place_that_does_not_answer_is_told(settings):
    settings.AUDIT_HEADS = "syslog+tcp://127.0.0.1:1"
    with pytest.raises(ConnectionRefusedError):
        keep_heads()


def test_without_a_place_nothing_is_kept(settings):
    settings.AUDIT_HEADS = ""
    assert (keep_heads(), kept_heads()) == (0, [])
