"""Every night the trail is verified against the heads kept outside; auditors and the log are told of what does not hold."""

import pytest

from common.audit import AuditNote, write_audit
from common.clock import CLOCK
from common.heads import kept_heads
from common.sealing import rewriting_recordings, seal_audit_events
from people.models import Notice
from people.services.trail import watch_trail
from people.tasks import watch_trail as task
from tests.builders import a_school, a_user, an_institution, the_system
from tests.owning import tamper

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.AUDIT_HEADS = f"file://{tmp_path}/heads"
    return tmp_path / "heads"


@pytest.fixture
def home():
    institution = an_institution()
    a_school(institution)
    for number in range(3):
        write_audit([AuditNote(f"tests.act_{number}")], by=the_system(), institution_id=institution.pk)
    return institution


@pytest.fixture(autouse=True)
def auditor(home):
    a_user("foreigner", "common.view_trail", at=an_institution("10003", "清华大学"))
    a_user("registrar", "enrollment.view_students", at=home)
    return a_user("auditor", "common.view_trail", at=home)


def told() -> set[tuple[str, str, int]]:
    return {(one.user.username, one.kind, one.terms["count"]) for one in Notice.objects.select_related("user")}


def test_a_sound_trail_tells_nobody_and_keeps_its_heads():
    assert watch_trail() == []
    assert watch_trail() == []
    assert told() == set()
    assert len(kept_heads()) == 3


def test_the_clock_calls_it():
    assert {"people.watch_trail"} <= {line.task for line in CLOCK.values()}
    task()


def test_a_tail_that_was_cut_is_told_to_the_auditor_of_the_institution(home, caplog):
    watch_trail()
    tamper(
        "DELETE FROM common_auditseal WHERE institution_id = %s AND position = (SELECT max(position) FROM common_auditseal"
        " WHERE institution_id = %s)",
        home.pk,
        home.pk,
    )
    tamper(
        "DELETE FROM common_recording WHERE id NOT IN (SELECT recording_id FROM common_auditseal WHERE recording_id > 0)"
    )
    assert watch_trail()
    assert told() == {("auditor", "trail_changed", told_count())}
    assert "the audit trail does not hold" in caplog.text


def told_count() -> int:
    return Notice.objects.get(kind="trail_changed").terms["count"]


def test_heads_that_are_gone_concern_every_auditor(place):
    watch_trail()
    place.unlink()
    watch_trail()
    assert told() == {("auditor", "trail_changed", 1), ("foreigner", "trail_changed", 1)}


def test_a_place_that_fails_is_told(settings, caplog):
    settings.AUDIT_HEADS = "syslog+tcp://127.0.0.1:1"
    assert watch_trail() == []
    assert told() == {("auditor", "heads_not_kept", 1), ("foreigner", "heads_not_kept", 1)}
    assert "could not be kept outside" in caplog.text


def test_recordings_that_were_sealed_anew_are_told():
    seal_audit_events()
    with rewriting_recordings():
        tamper("UPDATE learning_centers_schoolname SET name = '别的学院'")
    assert watch_trail() == []
    assert told() == {("auditor", "recordings_sealed_again", 1)}
