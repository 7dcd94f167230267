import datetime as dt
import io
from contextlib import suppress
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from common.errors import DomainError, NotAllowed
from common.models import AuditEvent
from enrollment.attachments.scans import judge
from enrollment.attachments.services.attachments import (
    attach,
    confirm_copy,
    erase_old_scans,
    open_attachment,
    open_original,
    remove_attachment,
)
from enrollment.models import Application, Attachment, ChangeRequest
from learning_centers.services.rules import Setting, set_rule
from tests.builders import (
    a_center,
    a_request,
    a_student,
    a_user,
    a_written_application,
    an_institution,
    the_system,
)
from tests.enrollment.papers import PDF, a_bomb, a_packed_pdf, a_pdf, a_picture, a_picture_with_a_past, an_encrypted_pdf
from tests.stored import stored

pytestmark = pytest.mark.django_db
RIGHTS = ("enrollment.enter_application", "enrollment.request_change", "enrollment.open_attachment")


@pytest.fixture
def center():
    return a_center(an_institution())


@pytest.fixture
def insider(center):
    return a_user("insider", *RIGHTS, at=center)


def refused(act, *args, **terms) -> str:
    with pytest.raises(DomainError) as refusal:
        act(*args, **terms)
    return refusal.value.code


def test_a_scan_is_kept_sealed_and_opened_on_the_record(center, insider):
    application = a_written_application(center, by=insider)
    kept = attach(application, "identity", "C:\\scans\\李娜 身份证.exe", PDF, by=insider)
    row = Attachment.objects.filter(pk=kept.pk).extra(select={"raw": "name"}).get()
    assert PDF not in stored(row, "content")
    assert "李娜".encode() not in bytes(row.raw)
    opened = open_attachment(kept, by=insider)
    assert (opened.name, opened.content_type, opened.content) == ("李娜 身份证.pdf", "application/pdf", PDF)
    event = AuditEvent.objects.get(verb="enrollment.open_attachment")
    assert (event.actor, event.subject_id, event.reason) == (insider, application.public_id, "work on the matter")
    assert "李娜" not in str(list(AuditEvent.objects.values()))


def test_once_the_matter_is_closed_looking_needs_a_reason(center, insider):
    request = a_request(a_student(center), status="submitted", by=insider)
    evidence = attach(request, "evidence", "病历.pdf", PDF, by=insider)
    type(request).objects.filter(pk=request.pk).update(status="approved")
    evidence = Attachment.objects.get(pk=evidence.pk)
    assert refused(open_attachment, evidence, by=insider) == "required"
    assert open_attachment(evidence, by=insider, reason="complaint of the student").content == PDF
    assert refused(attach, request, "evidence", "b.pdf", PDF, by=insider) == "matter_closed"
    assert refused(remove_attachment, evidence, by=insider) == "matter_closed"


def test_a_picture_loses_its_past_and_stands_upright():
    scan = judge(a_picture_with_a_past())
    assert (scan.width, scan.height) == (400, 300)
    for trace in (b"PhoneMaker", b"HOME ADDRESS", b"Exif"):
        assert trace in a_picture_with_a_past()
        assert trace not in scan.content
    assert not Image.open(io.BytesIO(scan.content)).getexif()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"GIF89a" + bytes(50), "file_type_not_allowed"),
        (b"<html><script>", "file_type_not_allowed"),
        (b"PK\x03\x04" + PDF, "file_type_not_allowed"),
        (a_picture()[:2000], "file_broken"),
        (b"\xff\xd8\xff" + PDF, "file_broken"),
        (a_bomb(), "picture_too_large"),
        (PDF[:40], "file_broken"),
        (PDF + b"PK\x03\x04" + bytes(5000), "file_not_harmless"),
        (a_pdf(b"<</S/JavaScript/JS(app.alert(1))>>"), "file_not_harmless"),
        (a_pdf(b"<</S/J#61vaScript>>"), "file_not_harmless"),
        (a_packed_pdf("/Launch"), "file_not_harmless"),
        (a_packed_pdf("/URI"), "file_not_harmless"),
        (a_pdf(b"<</Type/Annot/Subtype/Link/A<</S/URI/URI(http://example.com)>>>>"), "file_not_harmless"),
        (a_pdf(b"<</Names<</EmbeddedFiles 5 0 R>>>>", b"<<>>"), "file_not_harmless"),
        (a_pdf(b"<</AcroForm<</Fields[]>>>>"), "file_not_harmless"),
        (a_pdf(b"<</A" * 80 + b"/B" + b">>" * 80), "file_broken"),
        (an_encrypted_pdf(), "file_encrypted"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_hostile_files_are_refused(content, code):
    assert refused(judge, content) == code


def test_what_looks_like_a_script_inside_a_page_is_none():
    page = b"/JavaScript (x) /Launched"
    assert judge(a_pdf(b"<</Length %d>>\nstream\n%s\nendstream" % (len(page), page))).content_type == "application/pdf"
    assert judge(a_packed_pdf("/GoTo")).content_type == "application/pdf"


def test_a_second_file_behind_a_picture_is_not_kept():
    hidden = b"PK\x03\x04hidden archive"
    for kind in ("JPEG", "PNG"):
        assert hidden not in judge(a_picture(kind) + hidden).content


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK"])
def test_pictures_of_every_colour_are_kept(mode):
    target = io.BytesIO()
    kind = "JPEG" if mode == "CMYK" else "PNG"
    Image.new(mode, (60, 80)).save(target, kind)
    assert Image.open(io.BytesIO(judge(target.getvalue()).content)).size == (60, 80)


def test_size_and_dimensions_are_rules_of_the_place(center, insider):
    application = a_written_application(center, by=insider)
    assert refused(attach, application, "photo", "a.jpg", a_picture(size=(200, 400)), by=insider) == "photo_too_small"
    assert refused(attach, application, "photo", "a.pdf", PDF, by=insider) == "photo_not_a_picture"
    set_rule(center.institution, Setting("attachment_most_kilobytes", 10, "test"), by=the_system())
    large = a_picture("PNG", size=(300, 400))
    assert len(large) > 10_240
    assert refused(attach, application, "evidence", "a.png", large, by=insider) == "file_too_large"


def test_a_new_photo_takes_the_place_of_the_old(center, insider):
    application = a_written_application(center, by=insider)
    old, new = (attach(application, "photo", "a.jpg", a_picture(), by=insider) for _ in range(2))
    old = Attachment.objects.get(pk=old.pk)
    assert old.content is None
    assert refused(open_attachment, old, by=insider) == "file_removed"
    assert open_attachment(new, by=insider).content_type == "image/jpeg"


def test_taken_out_it_is_gone_and_its_row_stays(center, insider):
    application = a_written_application(center, by=insider)
    kept = attach(application, "residence", "a.pdf", PDF, by=insider)
    remove_attachment(kept, by=insider)
    row = Attachment.objects.get(pk=kept.pk)
    assert (row.content, row.name, row.sha256) == (None, "", kept.sha256)
    assert AuditEvent.objects.filter(verb="enrollment.remove_attachment", actor=insider).count() == 1


def test_others_neither_add_nor_open_nor_remove(center, insider):
    application = a_written_application(center, by=insider)
    kept = attach(application, "identity", "a.pdf", PDF, by=insider)
    outsider = a_user("outsider", *RIGHTS, at=a_center(center.institution, "0102"))
    onlooker = a_user("onlooker", "enrollment.view_students", at=center)
    for user in (outsider, onlooker):
        for act in (
            lambda user=user: attach(application, "identity", "a.pdf", PDF, by=user),
            lambda user=user: open_attachment(kept, by=user, reason="curious"),
            lambda user=user: remove_attachment(kept, by=user),
        ):
            with pytest.raises(NotAllowed):
                act()
    assert not Attachment.objects.visible_to(outsider).exists()
    assert list(Attachment.objects.values_list("pk", flat=True)) == [kept.pk]


def test_scans_are_erased_some_months_after_the_decision_and_evidence_of_it_stays(center, insider):
    registered = a_written_application(center, by=insider)
    waiting = a_written_application(center, by=insider, status="submitted")
    approved, rejected = (a_request(a_student(center), by=insider) for _ in range(2))
    for owner, item in [
        (registered, "identity"), (registered, "photo"), (waiting, "identity"), (approved, "evidence"), (rejected, "evidence"),
    ]:  # fmt: skip
        attach(owner, item, "a.jpg", a_picture(), by=insider)
    decided = {"decided_at": timezone.now()}
    student = a_student(center)
    Application.objects.filter(pk=registered.pk).update(**decided, status="registered", student=student)
    for request, status in ((approved, "approved"), (rejected, "rejected")):
        ChangeRequest.objects.filter(pk=request.pk).update(**decided, status=status)

    assert erase_old_scans(timezone.now() + dt.timedelta(days=170)) == 0
    assert erase_old_scans(timezone.now() + dt.timedelta(days=190)) == 2
    left = Attachment.objects.filter(content__isnull=False).values_list("item", "application", "request")
    assert set(left) == {
        ("photo", registered.pk, None),
        ("identity", waiting.pk, None),
        ("evidence", None, approved.pk),
    }
    event = AuditEvent.objects.get(verb="enrollment.erase_scans")
    assert (event.institution, event.detail) == (center.institution, {"files": 2})


KEPT = ("image/jpeg", "image/png", "application/pdf")
REFUSED = (
    "file_empty",
    "file_type_not_allowed",
    "file_broken",
    "file_not_harmless",
    "file_encrypted",
    "picture_too_large",
)


def outcome(content: bytes) -> str:
    try:
        return judge(content).content_type
    except DomainError as refusal:
        return refusal.code


def test_a_picture_that_is_only_somewhat_too_large_is_said_to_be_so():
    target = io.BytesIO()
    Image.new("1", (12_001, 10)).save(target, "PNG")
    assert outcome(target.getvalue()) == "picture_too_large"


PICTURES = {"jpeg": a_picture(), "png": a_picture("PNG")}


@pytest.mark.parametrize("kind", PICTURES)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_damaged_picture_is_kept_or_refused_and_breaks_nothing(kind, data):
    damage(PICTURES[kind], data)


@given(data=st.data())
@settings(max_examples=8, deadline=None)
def test_a_damaged_pdf_is_kept_or_refused_and_breaks_nothing(data):
    damage(a_packed_pdf("/GoTo"), data)


def damage(sound, data):
    content = bytearray(sound)
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    for damaged in (bytes(content), bytes(content[:cut]), bytes(content[cut:])):
        assert outcome(damaged) in {*KEPT, *REFUSED}


@pytest.mark.parametrize(
    "filling", [b"<<", b">>stream\n", b"/ObjStm stream\n", b"#4A#61", b"%%EOF\n", b"stream endstream "]
)
def test_a_file_made_to_be_slow_is_judged_in_no_time(filling):
    content = PDF.replace(b"trailer", filling * (4_000_000 // len(filling)) + b"\ntrailer")
    begun = seconds_of_all_processes()
    with suppress(DomainError):
        judge(content)
    assert seconds_of_all_processes() - begun < 12


def seconds_of_all_processes() -> float:
    return sum(used.ru_utime + used.ru_stime for used in map(getrusage, (RUSAGE_SELF, RUSAGE_CHILDREN)))


def test_the_upload_stays_until_somebody_has_seen_the_copy(center, insider):
    application = a_written_application(center, by=insider)
    upload = io.BytesIO()
    Image.new("I;16", (60, 80), 40_000).save(upload, "PNG")
    kept = attach(application, "identity", "a.png", upload.getvalue(), by=insider)
    assert upload.getvalue() not in stored(kept, "original")
    reviewer = a_user("reviewer", "enrollment.open_attachment", "enrollment.confirm_copy", at=center)
    outsider = a_user("outsider", "enrollment.confirm_copy", at=a_center(center.institution, "0102"))
    for user in (insider, outsider):
        for act in (open_original, confirm_copy):
            with pytest.raises(NotAllowed):
                act(kept, by=user)
    assert open_original(kept, by=reviewer).content == upload.getvalue()
    confirm_copy(kept, by=reviewer)
    kept = Attachment.objects.get(pk=kept.pk)
    assert kept.original is None
    assert open_attachment(kept, by=reviewer).content_type == "image/png"
    assert refused(open_original, kept, by=reviewer) == "file_removed"
    told = AuditEvent.objects.filter(actor=reviewer).order_by("id").values_list("verb", flat=True)
    assert list(told) == ["enrollment.open_attachment", "enrollment.confirm_copy", "enrollment.open_attachment"]


def test_a_decision_is_the_word_that_the_copies_were_seen(center, insider):
    waiting, decided = (a_request(a_student(center), status="submitted", by=insider) for _ in range(2))
    upload = io.BytesIO()
    Image.new("1", (60, 80)).save(upload, "PNG")
    first, second = (attach(one, "evidence", "a.png", upload.getvalue(), by=insider) for one in (waiting, decided))
    ChangeRequest.objects.filter(pk=decided.pk).update(status="approved", decided_at=timezone.now())
    erase_old_scans()
    assert Attachment.objects.get(pk=first.pk).original == upload.getvalue()
    assert Attachment.objects.get(pk=second.pk).original is None
    assert Attachment.objects.get(pk=second.pk).content is not None
