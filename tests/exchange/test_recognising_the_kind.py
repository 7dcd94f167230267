"""A file whose kind nobody has named: taken in unopened, recognised when the worker checks it."""

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from common.errors import DomainError
from exchange.importing import check_file, receive_file, recognising, result_of
from exchange.importing.asking import request_check
from exchange.importing.remarks import remarks_of
from exchange.kinds import kind_title
from exchange.models import ImportBatch
from tests.builders import a_center, a_user, an_institution, the_system
from tests.cases.old_workbooks import ods, xls
from tests.exchange.samples import FOLDER, TODAY, steps

pytestmark = pytest.mark.django_db
CLEAN = sorted({(step["file"], step["kind"]) for step in steps() if "clean" in step["file"] or "base" in step["file"]})
PLAN = [
    ("批次", "教学点代码", "专业代码", "层次", "学习形式", "计划数"),
    ("2026秋", "1306", "120203K", "高起本", "非脱产", 50),
]


def brought(content, name="a.csv", kind="", **options):
    return receive_file(kind, name, content, **{"by": the_system(), "today": TODAY} | options)


@pytest.mark.parametrize(("file", "kind"), CLEAN)
def test_each_sample_is_recognised(file, kind):
    assert recognising.recognised_kind(file, (FOLDER / file).read_bytes()).name == kind


@pytest.mark.parametrize(("write", "name"), [(xls, "a.xls"), (ods, "a.ods")])
def test_old_workbooks_are_recognised_and_opened_once(write, name):
    batch = check_file(brought(write(PLAN), name))
    assert (batch.kind, batch.rows_total, batch.status) == ("admission_plan", 1, ImportBatch.State.CHECKED)


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"\x00\x01", "批次,姓名\n1,2\n".encode()])
def test_a_file_that_tells_nothing_is_refused_by_its_check(content):
    batch = brought(content)
    assert (batch.kind, batch.status) == ("", ImportBatch.State.RECEIVED)
    assert str(kind_title(batch.kind))
    batch = check_file(batch)
    assert batch.status == ImportBatch.State.REFUSED
    assert {one["code"] for one in result_of(batch)["rows"]} <= {"kind_not_recognised", "binary_content"}
    assert remarks_of(batch).lines[0].sentence


def test_the_upload_does_not_open_the_file(client, monkeypatch):
    def opened(*_arguments):
        raise AssertionError("opened in a web request")

    institution = an_institution()
    user = a_user("li", "admin.enter", "exchange.import_file", "exchange.view_imports", at=institution)
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    monkeypatch.setattr(recognising, "open_sheets", opened)
    page = client.post(
        reverse("admin:exchange_importbatch_upload"),
        {"file": _upload(PLAN), "institution": institution.pk, "kind": ""},
    )
    batch = ImportBatch.objects.get()
    assert (batch.kind, batch.status) == ("", ImportBatch.State.RECEIVED)
    assert client.get(page["Location"]).status_code == 200


def _upload(rows):
    return SimpleUploadedFile("plan.xls", xls(rows))


def test_a_centre_names_its_kind():
    center = a_center(an_institution())
    with pytest.raises(DomainError) as refused:
        brought(b"a,b\n", center=center)
    assert refused.value.code == "kind_unknown"


def test_who_may_not_import_is_refused_without_a_kind_as_well():
    institution = an_institution()
    batch = brought(b"a,b\n", institution=institution)
    outsider = a_user("wang", "exchange.view_imports", at=institution)
    with pytest.raises(DomainError):
        request_check(batch, by=outsider)
