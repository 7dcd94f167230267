from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from common.admin.searching import open_query, seal_query
from people.models import IdentityDocument, User
from tests.builders import a_center, a_student, a_user, an_institution


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_was_sealed_opens_again_for_who_sealed_it_alone(text):
    token = seal_query(text, User(pk=1))
    assert open_query(token, User(pk=1)) == text
    assert open_query(token, User(pk=2)) == token
    assert open_query(token, AnonymousUser()) == token


@pytest.mark.parametrize("query", ["王伟", "", "~", "~nonsense", "~AAAA", "~§"])
def test_what_is_no_token_of_ours_stays_as_it_is(query):
    assert open_query(query, User(pk=1)) == query


@pytest.mark.django_db
@pytest.mark.parametrize("sought", ["name", "number"])
def test_a_search_is_posted_and_its_address_tells_nothing(client, sought):
    center = a_center(an_institution())
    student = a_student(center, name="欧阳静")
    a_student(center, name="王伟")
    client.force_login(
        a_user("registrar", "admin.enter", "enrollment.view_students", at=center.institution),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    text = "阳静" if sought == "name" else IdentityDocument.objects.get(person=student.person).number
    answer = client.post(reverse("admin:enrollment_student_changelist"), {"_find": "1", "q": text, "state": "active"})
    assert text not in answer["Location"]
    assert parse_qs(urlsplit(answer["Location"]).query)["state"] == ["active"]
    page = client.get(answer["Location"]).content.decode()
    assert student.student_no in page
    assert "王伟" not in page
    assert all(text not in link for link in page.split("href=")[1:] if link.startswith('"?'))
