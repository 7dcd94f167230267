"""A NUL never reaches the database, and an id that is none chooses nothing."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.builders import a_center, a_student, a_user, an_institution

pytestmark = pytest.mark.django_db


@pytest.fixture
def registrar():
    a_student(a_center(an_institution()), "1")
    verbs = "admin.enter", "enrollment.view_students", "enrollment.request_change", "learning_centers.view_structure"
    client = Client(raise_request_exception=False)
    client.force_login(
        a_user("registrar", *verbs, at=an_institution()), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


@pytest.mark.parametrize(
    "address",
    [
        "/admin/enrollment/student/?center=%00",
        "/admin/enrollment/student/?batch=%00",
        "/admin/enrollment/student/?major=x%00y",
        "/admin/learning_centers/learningcenter/suggest/?q=%00",
        "/admin/enrollment/student/%00/",
        "/static/%00",
    ],
)
def test_an_address_with_a_nul_is_not_understood(registrar, address):
    answer = registrar.get(address, headers={"accept-language": "zh-hans"})
    assert answer.status_code == 400
    assert 'lang="zh-hans"' in answer.content.decode()


def test_an_escaped_percent_sign_is_no_nul(registrar):
    assert registrar.get("/admin/enrollment/student/?center=%2500").status_code == 200


@pytest.mark.parametrize("form", [{"username": "a\0b", "password": "x"}, {"user\0name": "a"}])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_form_with_a_nul_is_not_understood(form, kind):
    client = Client(raise_request_exception=False)
    if kind == "multipart/form-data":
        answer = client.post("/admin/login/", form)
    else:
        body = "&".join(f"{name}={value}" for name, value in form.items()).replace("\0", "%00")
        answer = client.post("/admin/login/", body, content_type=kind)
    assert answer.status_code == 400


def test_files_may_hold_any_byte(client):
    form = {"username": "a", "password": "b", "file": SimpleUploadedFile("book.xlsx", b"PK\0\0")}
    assert client.post("/admin/login/", form).status_code == 200


@pytest.mark.parametrize("key", ["zzz", "0190163d-8694-739b-aea5-966c26f8ad91", "9" * 30, "-1", "987654321"])
@pytest.mark.parametrize("index", ["0", "zz", "-7"])
def test_a_key_that_is_none_chooses_nothing(registrar, key, index):
    address = reverse("admin:enrollment_student_changelist") + "?state=active"
    form = {"action": "many_ask", "index": index, "_selected_action": key}
    answer = registrar.post(address, form, follow=True)
    assert answer.redirect_chain == [(address, 302)]
    assert len(answer.context["messages"]) == 1
