"""A centre's spreadsheet goes through the same engine; a row of another centre is an unknown centre, and other kinds are shut."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from enrollment.models import Application
from exchange.importing import check_file, commit_file, receive_file
from exchange.kinds import kind_named
from exchange.models import ImportBatch
from tests.portal.conftest import client_of


def a_spreadsheet(*rows: dict[str, str]) -> SimpleUploadedFile:
    columns = [column.name for column in kind_named("applications").columns]
    lines = [",".join(columns), *(",".join(row.get(name, "") for name in columns) for row in rows)]
    return SimpleUploadedFile("名单.csv", "\n".join(lines).encode())


def upload(client, place, file=None, kind: str = "applications"):
    said = {"kind": kind, "center": place.mine.public_id, "file": file or a_spreadsheet({"center_code": "0102"})}
    return client.post(reverse("portal:file_upload"), said, follow=True)


def test_a_row_of_another_centre_is_an_unknown_centre(place, client):
    upload(client, place, a_spreadsheet({"center_code": "0101", "name": "甲"}, {"center_code": "0102", "name": "乙"}))
    batch = check_file(ImportBatch.objects.get())
    said = set(batch.issues.filter(column="center_code").values_list("row", "code"))
    assert said == {(3, "center_unknown")}
    commit_file(batch)
    assert not Application.objects.exists()


def test_the_file_comes_back_with_its_remarks(place, client):
    upload(client, place)
    batch = check_file(ImportBatch.objects.get())
    page = client.get(reverse("portal:file", args=[batch.public_id]))
    assert page.context["remarks"].codes
    answer = client.get(reverse("portal:file_workbook", args=[batch.public_id]))
    assert openpyxl.load_workbook(io.BytesIO(answer.content)).active.max_row == 2


def test_a_kind_that_centres_do_not_hand_in_is_no_choice(place, client):
    answer = upload(client, place, kind="centers")
    assert answer.context["form"].errors["kind"]
    assert not ImportBatch.objects.exists()
    with pytest.raises(Exception, match="no such kind"):
        receive_file("centers", "x.csv", b"", center=place.mine, by=place.coordinator)


def test_the_neighbour_sees_no_file_of_mine(place, client):
    upload(client, place)
    other, batch = client_of(place.neighbour), ImportBatch.objects.get()
    assert "名单.csv" not in other.get(reverse("portal:files")).text
    for page in ("file", "file_progress", "file_workbook"):
        assert other.get(reverse(f"portal:{page}", args=[batch.public_id])).status_code == 404
    assert other.post(reverse("portal:file_store", args=[batch.public_id])).status_code == 404


def test_an_empty_spreadsheet_has_the_headers(client):
    answer = client.get(reverse("portal:file_template"), {"kind": "applications"})
    header = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(answer.content)).active[1]]
    assert len(header) == len(kind_named("applications").columns)
