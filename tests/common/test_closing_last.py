"""Several services in one transaction share a recording, whose ledger head is locked by the last statements of all."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.ledger import closing_last, recording
from common.models import AuditEvent, Recording
from tests.builders import a_user, an_institution, the_system

pytestmark = pytest.mark.django_db


def write(institution, reason, *, by=None, refused=False, noted=None):
    with recording(institution, by=by or the_system(), reason=reason) as entry:
        if noted:
            entry.note(noted)
        if refused:
            raise LookupError
        return entry


def test_services_one_after_the_other_share_one_recording_and_are_noted_each():
    institution = an_institution()
    with closing_last():
        first = write(institution, "tests.first")
        second = write(institution, "tests.second", noted="tests.noted")
    assert first is second
    assert Recording.objects.get().reason == "tests.first"
    assert list(AuditEvent.objects.order_by("id").values_list("verb", flat=True)) == ["tests.first", "tests.noted"]


def test_each_institution_has_its_own_in_the_order_of_keys():
    institutions = [an_institution(), an_institution("10534", "湖南科技大学")]
    with closing_last():
        for institution in reversed(institutions):
            write(institution, "tests.act")
    assert list(Recording.objects.order_by("instant").values_list("institution", flat=True)) == [
        institution.pk for institution in institutions
    ]


def test_no_head_is_locked_before_the_end():
    institution = an_institution()
    with CaptureQueriesContext(connection) as queries:
        with closing_last():
            write(institution, "tests.act")
            assert not any("FOR UPDATE" in query["sql"] for query in queries)
        assert any("FOR UPDATE" in query["sql"] for query in queries)


def test_a_refused_service_leaves_no_note_and_the_next_goes_on():
    institution = an_institution()
    with closing_last():
        write(institution, "tests.first")
        with pytest.raises(LookupError):
            write(institution, "tests.refused", refused=True, noted="tests.refused")
        write(institution, "tests.third")
    assert list(AuditEvent.objects.order_by("id").values_list("verb", flat=True)) == ["tests.first", "tests.third"]


def test_where_all_are_refused_there_is_no_recording():
    institution = an_institution()
    with closing_last(), pytest.raises(LookupError):
        write(institution, "tests.refused", refused=True)
    assert not Recording.objects.exists()


def write_and_fail(institution):
    with closing_last():
        write(institution, "tests.act")
        raise LookupError


def test_a_failing_block_leaves_nothing_and_the_next_recording_closes_by_itself():
    institution = an_institution()
    with pytest.raises(LookupError):
        write_and_fail(institution)
    assert not Recording.objects.exists()
    write(institution, "tests.after")
    assert Recording.objects.get().number == 1


def test_blocks_inside_each_other_close_with_the_outer_one():
    institution = an_institution()
    with closing_last():
        with closing_last():
            write(institution, "tests.inner")
        assert not Recording.objects.exists()
    assert Recording.objects.count() == 1


def write_in_two_and_fail(one, other):
    with recording(one, by=the_system(), reason="tests.refused"):
        write(other, "tests.inside")
        raise LookupError


def test_a_refused_service_takes_back_what_it_did_in_another_institution():
    institutions = an_institution(), an_institution("10534", "湖南科技大学")
    with closing_last(), pytest.raises(LookupError):
        write_in_two_and_fail(*institutions)
    assert not Recording.objects.exists()
    assert not AuditEvent.objects.exists()


def test_nobody_is_noted_as_the_actor_of_anothers_service():
    institution = an_institution()
    another = a_user("another")
    with closing_last():
        write(institution, "tests.first")
        with pytest.raises(ValueError, match="same actor"):
            write(institution, "tests.second", by=another)
    assert list(AuditEvent.objects.values_list("verb", flat=True)) == ["tests.first"]
