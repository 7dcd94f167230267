"""The file of an import with whole numbers leaves like a list: a right, a reason, above the limit a second person."""

import io

import openpyxl
import pytest
from django.urls import reverse

from common.errors import DomainError, NotAllowed
from exchange.importing import check_file
from exchange.models import Export, ImportBatch
from learning_centers.services.rules import Setting, set_rule
from people.admin.exports import ask_for_whole_file
from people.services.exporting import download_export, make_export
from tests.builders import a_user, an_institution, the_system
from tests.exchange.importing import brought

pytestmark = pytest.mark.django_db
NUMBER = "110101199001011237"
FILE = f"学号,姓名,异动类型,生效日期,异动原因\n2024000001,王伟,休学,2025-03-01,{NUMBER}\n".encode()
VERBS = ("admin.enter", "exchange.view_imports", "exchange.import_file", "people.ask_for_export")
SAID = {"reason": "corrections of the registry's file"}


@pytest.fixture
def batch():
    return check_file(brought("status_changes", "a.csv", FILE, institution=an_institution()))


@pytest.fixture
def registrar():
    return a_user("registrar", *VERBS, "people.export_numbers", at=an_institution())


def cells(content: bytes) -> list[str]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]


def test_it_is_asked_for_made_and_marked(batch, registrar):
    export = ask_for_whole_file(batch, SAID, registrar)
    assert (export.rows, export.terms["in_clear"], export.status) == (1, True, "approved")
    make_export(export)
    given = cells(download_export(Export.objects.get(), by=registrar).content)
    assert NUMBER in given
    assert any(SAID["reason"] in one for one in given)


def test_a_long_one_waits_for_a_second_person(batch, registrar):
    set_rule(an_institution(), Setting("export_rows_alone", 0, "house rule"), by=the_system())
    assert ask_for_whole_file(batch, SAID, registrar).status == "waiting"


def test_neither_without_a_purpose_nor_without_the_right_nor_elsewhere(batch, registrar):
    with pytest.raises(DomainError) as refusal:
        ask_for_whole_file(batch, {"reason": "work"}, registrar)
    assert refusal.value.code == "purpose_says_nothing"
    abroad = an_institution("10534", "湖南科技大学")
    for user in (
        a_user("clerk", *VERBS, at=an_institution()),
        a_user("stranger", *VERBS, "people.export_numbers", at=abroad),
    ):
        with pytest.raises(NotAllowed):
            ask_for_whole_file(batch, SAID, user)
    assert not Export.objects.exists()


def test_who_may_not_import_gets_nothing(batch):
    reader = a_user("reader", "people.ask_for_export", "people.export_numbers", at=an_institution())
    with pytest.raises(DomainError) as refusal:
        ask_for_whole_file(batch, SAID, reader)
    assert refusal.value.code == "nothing_to_export"


def test_a_file_that_expires_meanwhile_is_not_made(batch, registrar):
    export = ask_for_whole_file(batch, SAID, registrar)
    ImportBatch.objects.update(content=None)
    with pytest.raises(DomainError) as refusal:
        make_export(export)
    assert refusal.value.code == "file_not_kept"


def test_the_page_gives_masked_numbers_and_offers_to_ask(batch, registrar, client):
    client.force_login(registrar, backend="django.contrib.auth.backends.ModelBackend")
    page = reverse("admin:exchange_importbatch_change", args=[batch.public_id])
    asking = reverse("admin:exchange_importbatch_whole", args=[batch.public_id])
    assert asking in client.get(page).content.decode()
    assert NUMBER not in client.get(page).content.decode()
    given = client.get(reverse("admin:exchange_importbatch_workbook", args=[batch.public_id]))
    assert not [one for one in cells(given.content) if NUMBER in one]
    assert client.post(asking, SAID, follow=True).status_code == 200
    assert Export.objects.get().kind == "whole_file"
