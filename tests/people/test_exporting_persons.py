import datetime as dt
import io

import openpyxl
import pytest
from django.utils import timezone, translation

from common.errors import DomainError, NotAllowed
from common.models import AuditEvent
from exchange.models import Export, Job
from learning_centers.services.rules import Setting, set_rule
from people.models import Notice, Role, User
from people.services.exporting import ask_for_export, decide_export, download_export, expire_exports, make_export
from tests.builders import a_center, a_student, a_user, an_identity_number, an_institution, the_system
from tests.stored import stored

pytestmark = pytest.mark.django_db
ASK = ("people.ask_for_export", "enrollment.view_students")
DECIDE = "people.decide_export"
WHY = {"reason": "class lists for the exam"}


@pytest.fixture
def center():
    return a_center(an_institution())


@pytest.fixture
def asker(center):
    return a_user("asker", *ASK, at=center)


def limit(institution, rows: int) -> None:
    set_rule(institution, Setting("export_rows_alone", rows, "tests"), by=the_system())


def rows_of(content: bytes) -> list[list[str]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}
    return [[cell.value or "" for cell in row] for row in sheet.iter_rows()]


def made(export: Export) -> Export:
    make_export(export)
    return Export.objects.get(pk=export.pk)


def refused(act, *args, **terms) -> str:
    with pytest.raises(DomainError) as refusal:
        act(*args, **terms)
    return refusal.value.code


def test_a_short_list_is_made_at_once_marked_and_masked(center, asker):
    number = an_identity_number()
    a_student(center, "202400000001", name="=SUM(1)", id_no=number)
    a_student(a_center(center.institution, "0102"), name="别处的人")
    export = ask_for_export("roster", {}, **WHY, center=center, by=asker)
    assert Job.objects.get(task="people.make_export").arguments == {"export": export.pk}
    export = made(export)
    assert (export.status, export.rows) == ("made", 1)
    mark, head, (line, *others) = (lambda rows: (rows[0][0], rows[1], rows[2:]))(
        rows_of(download_export(export, by=asker).content)
    )
    assert not others
    assert line[:2] == ["202400000001", "=SUM(1)"]
    masked = line[head.index("Document number")]
    assert (masked[:-4].strip("*"), masked[-4:], number in masked) == ("", number[-4:], False)
    assert all(word in mark for word in ("asker", str(export.public_id), WHY["reason"]))
    assert [notice.kind for notice in Notice.objects.filter(user=asker)] == ["export_ready"]


def test_the_file_lies_sealed(center, asker):
    a_student(center)
    export = made(ask_for_export("roster", {}, **WHY, center=center, by=asker))
    assert not stored(export, "content").startswith(b"PK")
    assert bytes(export.content).startswith(b"PK")
    assert download_export(export, by=asker).content.startswith(b"PK")


def test_the_list_is_in_the_language_of_the_page_where_it_was_asked_for(center, asker):
    a_student(center)
    with translation.override("zh-hans"):
        export = ask_for_export("roster", {}, **WHY, center=center, by=asker)
    assert export.terms["language"] == "zh-hans"
    assert translation.get_language() == "en"


def test_above_the_limit_a_second_person_decides(center, asker):
    limit(center.institution, 1)
    for _ in range(2):
        a_student(center)
    second = a_user("second", DECIDE, at=center.institution)
    export = ask_for_export("roster", {}, **WHY, center=center, by=asker)
    assert export.status == "waiting"
    assert made(export).status == "waiting"
    assert refused(download_export, export, by=asker) == "not_ready"
    assert [notice.user for notice in Notice.objects.filter(kind="export_waiting")] == [second]
    decide_export(export, approves=True, by=second)
    export = made(export)
    assert (export.status, export.decided_by) == ("made", second)
    assert len(rows_of(download_export(export, by=asker).content)) == 4


def test_nobody_lets_their_own_list_through(center):
    limit(center.institution, 0)
    a_student(center)
    both = a_user("both", *ASK, DECIDE, at=center.institution)
    export = ask_for_export("roster", {}, **WHY, institution=center.institution, by=both)
    assert refused(decide_export, export, approves=True, by=both) == "same_person"
    assert not Notice.objects.filter(user=both).exists()
    assert Export.objects.get().status == "waiting"


def test_a_refusal_says_why_and_ends_it(center, asker):
    limit(center.institution, 0)
    a_student(center)
    second = a_user("second", DECIDE, at=center.institution)
    export = ask_for_export("roster", {}, **WHY, center=center, by=asker)
    assert refused(decide_export, export, approves=False, by=second) == "required"
    decide_export(export, approves=False, reason="not needed for that", by=second)
    assert refused(decide_export, export, approves=True, by=second) == "move_not_possible"
    assert [notice.kind for notice in Notice.objects.filter(user=asker)] == ["export_refused"]
    event = AuditEvent.objects.get(verb="people.decide_export")
    assert (event.actor, event.reason, event.detail["approves"]) == (second, "not needed for that", False)


def test_a_list_that_grew_above_the_limit_waits_after_all(center, asker):
    limit(center.institution, 1)
    a_student(center)
    export = ask_for_export("roster", {}, **WHY, center=center, by=asker)
    a_student(center)
    export = made(export)
    assert (export.status, export.rows, export.content) == ("waiting", 2, None)


def test_many_short_lists_of_a_day_are_one_long_list_and_the_same_again_is_not(center, asker):
    limit(center.institution, 1)
    for year in ("2023", "2024"):
        a_student(center, entered=f"{year}-09-01")

    def asked(batch: str) -> str:
        return ask_for_export("roster", {"batch": batch}, **WHY, center=center, by=asker).status

    assert [asked("2023-autumn"), asked("2023-autumn"), asked("2024-autumn")] == ["approved", "approved", "waiting"]
    Export.objects.update(asked_at=timezone.now() - dt.timedelta(hours=25))
    assert asked("2024-autumn") == "approved"


def test_whole_numbers_need_a_right_of_their_own(center, asker):
    number = an_identity_number()
    a_student(center, id_no=number)
    with pytest.raises(NotAllowed):
        ask_for_export("roster", {"in_clear": True}, **WHY, center=center, by=asker)
    trusted = a_user("trusted", *ASK, "people.export_numbers", at=center)
    export = made(ask_for_export("roster", {"in_clear": True}, **WHY, center=center, by=trusted))
    assert number in rows_of(download_export(export, by=trusted).content)[2]


def test_who_has_lost_the_right_to_whole_numbers_downloads_none(center):
    a_student(center)
    trusted = a_user("trusted", *ASK, "people.export_numbers", at=center)
    masked, whole = (
        made(ask_for_export("roster", {"in_clear": clear}, **WHY, center=center, by=trusted)) for clear in (False, True)
    )
    Role.objects.filter(memberships__user=trusted).update(verbs=list(ASK))
    trusted = User.objects.get(pk=trusted.pk)
    with pytest.raises(NotAllowed):
        download_export(whole, by=trusted)
    assert download_export(masked, by=trusted).content
    whole.refresh_from_db()
    assert whole.downloads == 0


def test_without_a_reason_or_without_a_row_nothing_is_asked_for(center, asker):
    assert refused(ask_for_export, "roster", {}, **WHY, center=center, by=asker) == "nothing_to_export"
    a_student(center)
    assert refused(ask_for_export, "roster", {}, reason=" x ", center=center, by=asker) == "required"
    for terms in ({"states": ["alive"]}, {"batch": "'; drop"}, {"level_path": "x"}):
        assert refused(ask_for_export, "roster", terms, **WHY, center=center, by=asker) == "terms_not_possible"
    assert not Export.objects.exists()


def test_the_list_is_of_whoever_asked_and_of_nobody_else(center, asker):
    a_student(center)
    export = made(ask_for_export("roster", {}, **WHY, center=center, by=asker))
    colleague = a_user("colleague", *ASK, DECIDE, at=center)
    outsider = a_user("outsider", *ASK, DECIDE, at=a_center(center.institution, "0102"))
    for user in (colleague, outsider):
        with pytest.raises(NotAllowed):
            download_export(export, by=user)
    for act in (
        lambda: ask_for_export("roster", {}, **WHY, center=center, by=outsider),
        lambda: ask_for_export("roster", {}, **WHY, institution=center.institution, by=outsider),
        lambda: decide_export(export, approves=True, by=outsider),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert not Export.objects.visible_to(outsider).exists()


def test_who_has_lost_the_students_gets_an_empty_list(center, asker):
    a_student(center)
    export = ask_for_export("roster", {}, **WHY, center=center, by=asker)
    asker.memberships.update(end=dt.date(2001, 1, 1))
    assert made(export).rows == 0


def test_downloads_are_counted_and_the_file_goes_after_a_week(center, asker):
    a_student(center)
    export = made(ask_for_export("roster", {}, **WHY, center=center, by=asker))
    for _ in range(2):
        download_export(export, by=asker)
    assert Export.objects.get().downloads == 2
    assert expire_exports(timezone.now() + dt.timedelta(days=6)) == 0
    assert expire_exports(timezone.now() + dt.timedelta(days=8)) == 1
    export = Export.objects.get()
    assert (export.status, export.content, export.rows) == ("expired", None, 1)
    assert refused(download_export, export, by=asker) == "file_removed"
    told = AuditEvent.objects.filter(subject_id=export.public_id).order_by("id").values_list("verb", flat=True)
    assert list(told) == [
        f"people.{act}"
        for act in ("ask_for_export", "make_export", "download_export", "download_export", "expire_exports")
    ]
