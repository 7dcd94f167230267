"""A list of persons is asked for on its page, let through by somebody else, and downloaded by whoever asked."""

import pytest
from django.test import Client
from django.urls import reverse

from exchange.models import Export
from learning_centers.services import Setting, set_rule
from people.models import Membership, Role, User
from people.services.exporting import make_export
from tests.builders import a_center, a_student, a_user, an_institution, the_system

pytestmark = pytest.mark.django_db
READS = "admin.enter", "enrollment.view_students"


def client_of(name: str, *verbs: str) -> Client:
    client = Client()
    user = a_user(name, *READS, *verbs, at=an_institution())
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def asker():
    for number in range(3):
        a_student(a_center(an_institution()), f"2024{number:04}")
    set_rule(an_institution(), Setting("export_rows_alone", 2, "test"), by=the_system())
    return client_of("asker", "people.ask_for_export", "people.decide_export")


def ask(client, **values: str):
    form = {
        "kind": "roster",
        "institution": str(an_institution().pk),
        "center_code": "",
        "batch": "",
        "reason": "年报核对",
    }
    return client.post(reverse("admin:exchange_export_ask"), form | values, follow=True)


def page_of(export: Export, act: str = "change") -> str:
    return reverse(f"admin:exchange_export_{act}", args=[export.public_id])


def test_a_long_list_waits_for_somebody_else(asker):
    page = ask(asker).content.decode()
    export = Export.objects.get()
    assert (export.status, export.rows) == ("waiting", 3)
    assert page_of(export, "approve") not in page
    assert "A second person must decide" in asker.post(page_of(export, "approve")).content.decode()
    other = client_of("other", "people.decide_export")
    record = other.get(page_of(export), headers={"accept-language": "en"}).content.decode()
    assert "年报核对" in record
    assert "<dt>Asked by</dt>" in record
    assert "<dt>Decided by</dt>" in record
    other.post(page_of(export, "approve"))
    make_export(Export.objects.get())
    answer = asker.get(page_of(export, "download"))
    assert answer.content.startswith(b"PK")
    assert "attachment" in answer["Content-Disposition"]
    assert other.get(page_of(export, "download")).status_code == 404


def test_a_short_list_of_one_centre_needs_nobody(asker):
    set_rule(an_institution(), Setting("export_rows_alone", 10, "test"), by=the_system())
    ask(asker, center_code="0101")
    assert Export.objects.get().status == "approved"


def test_what_cannot_be_asked_for_is_said_at_the_field(asker):
    assert "There is no learning centre with the code 9999." in ask(asker, center_code="9999").content.decode()
    assert "Say what the list is for." in ask(asker, reason="x").content.decode()
    assert not Export.objects.exists()


def test_only_places_where_one_may_ask_are_offered(asker):
    elsewhere = an_institution("10534", "湖南科技大学")
    a_student(a_center(elsewhere, "0901"))
    role = Role.objects.create(code="looks", name="looks", verbs=list(READS))
    user = User.objects.get(username="asker")
    Membership.objects.create(user=user, role=role, institution=elsewhere)
    offered = asker.get(reverse("admin:exchange_export_ask")).context["form"].fields["institution"].queryset
    assert list(offered) == [an_institution()]
    ask(asker, institution=str(elsewhere.pk))
    assert not Export.objects.exists()
