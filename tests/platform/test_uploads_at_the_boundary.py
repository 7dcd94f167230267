"""An upload without end is stopped while it comes in, whoever sends it; one of an ordinary size reaches its page."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from ceportal import boundary
from tests.builders import a_user, an_institution

pytestmark = pytest.mark.django_db


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(boundary, "LARGEST_FILE", 3_000_000)
    monkeypatch.setattr(boundary, "LARGEST_UPLOAD", 5_000_000)


def send(*sizes: int, user=None):
    client = Client(raise_request_exception=False)
    if user:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    files = [SimpleUploadedFile(f"{number}.csv", b"x" * size) for number, size in enumerate(sizes)]
    return client.post(reverse("admin:exchange_importbatch_upload"), {"file": files}).status_code


@pytest.mark.parametrize("sizes", [(3_000_001,), (2_000_000, 2_000_000, 2_000_000)], ids=["one file", "together"])
def test_too_much_is_not_taken_from_anybody(small, sizes):
    registrar = a_user("registrar", "admin.enter", "exchange.import_file", at=an_institution())
    assert send(*sizes) == 400
    assert send(*sizes, user=registrar) == 400


def test_an_ordinary_file_reaches_its_page(small):
    registrar = a_user("registrar", "admin.enter", "exchange.import_file", at=an_institution())
    assert send(2_900_000, user=registrar) == 200
