import io

import openpyxl
import pytest
from django.urls import reverse

from enrollment.attachments.services.attachments import attach
from exchange.models import Export
from people.services.exporting import make_export
from tests.builders import a_center, a_student, a_user, a_written_application, an_institution
from tests.enrollment.papers import PDF, a_picture

pytestmark = pytest.mark.django_db
RIGHTS = ("portal.enter", "people.ask_for_export", "enrollment.view_students", "enrollment.open_attachment")


@pytest.fixture
def center():
    return a_center(an_institution())


@pytest.fixture
def coordinator(center):
    return a_user("coordinator", *RIGHTS, "enrollment.enter_application", at=center)


def signed_in(client, user):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def asked(center, **said):
    return {"center": center.public_id, "states": ["active"], "reason": "class lists for the exam", **said}


def test_a_coordinator_asks_for_a_list_and_fetches_it(center, coordinator, client):
    a_student(center, "202400000001", entered="2024-09-01")
    a_student(center, "202500000001", entered="2025-09-01")
    signed_in(client, coordinator)
    url = reverse("portal:export_ask")
    assert "in_clear" not in client.get(url).content.decode()
    assert client.post(url, asked(center, batch="2024-autumn")).url == reverse("portal:exports")
    export = Export.objects.get()
    assert "being made" in client.get(reverse("portal:exports")).content.decode()
    make_export(export)
    page = client.get(reverse("portal:exports")).content.decode()
    fetch = reverse("portal:export_download", args=[export.public_id])
    assert fetch in page
    answer = client.post(fetch)
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert [row[0].value for row in sheet.iter_rows(min_row=3)] == ["202400000001"]
    assert answer["Cache-Control"] == "no-store, private"


def test_what_is_missing_is_said_at_its_field(center, coordinator, client):
    signed_in(client, coordinator)
    page = client.post(reverse("portal:export_ask"), asked(center, reason="")).content.decode()
    assert 'id="field-reason"' in page
    assert not Export.objects.exists()
    assert "No row fits" in client.post(reverse("portal:export_ask"), asked(center)).content.decode()


def test_a_foreign_centre_is_no_choice_and_a_foreign_list_is_not_there(center, coordinator, client):
    sister = a_center(center.institution, "0102")
    a_student(sister)
    theirs = Export.objects.create(
        institution=center.institution, center=sister, kind="roster", reason="邻站", rows=1, asked_by=a_user("sister")
    )
    signed_in(client, coordinator)
    client.post(reverse("portal:export_ask"), asked(sister))
    assert Export.objects.count() == 1
    assert "邻站" not in client.get(reverse("portal:exports")).content.decode()
    assert client.post(reverse("portal:export_download", args=[theirs.public_id])).status_code == 404


@pytest.mark.parametrize(
    ("content", "way"), [(PDF, "attachment"), (a_picture(), "inline")], ids=["a PDF is saved", "a picture is shown"]
)
def test_an_opened_paper_cannot_run_anything(center, coordinator, client, content, way):
    paper = attach(a_written_application(center, by=coordinator), "identity", "李娜.x", content, by=coordinator)
    answer = signed_in(client, coordinator).get(reverse("portal:attachment", args=[paper.public_id]))
    assert answer["Content-Disposition"].startswith(way)
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store, private"
