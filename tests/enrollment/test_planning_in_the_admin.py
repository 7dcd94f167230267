"""Batches, plans, places and the checklist by short forms; what is refused is said there and nothing is lost."""

import pytest
from django.urls import reverse

from common.errors import DomainError, NotAllowed
from enrollment.admission.checklist import checklists
from enrollment.models import AdmissionPlace, BatchWindow, EntryBatch, ProvincialPlan
from enrollment.services import open_batch
from learning_centers.models import LearningCenter
from learning_centers.models.centers import CenterStatus
from tests.applicants import a_batch, a_place, an_offering
from tests.builders import a_center, a_student, a_user, a_version, an_institution, the_system

pytestmark = pytest.mark.django_db
VERBS = [
    "learning_centers.view_structure", "enrollment.open_batch",
    "enrollment.view_places", "enrollment.set_window", "enrollment.set_places", "enrollment.set_provincial_plan",
    "enrollment.view_applications", "enrollment.set_checklist_item", "enrollment.revoke_center",
    "learning_centers.view_centers", "learning_centers.stop_intake", "learning_centers.rename_center",
]  # fmt: skip


@pytest.fixture
def center():
    return a_center(an_institution())


@pytest.fixture
def registrar(center, client):
    client.force_login(
        a_user("registrar", "admin.enter", *VERBS, at=an_institution()),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return client


def send(client, page: str, key, **values) -> str:
    return client.post(reverse(f"admin:{page}", args=[key]), values, follow=True).content.decode()


def test_a_batch_is_opened_once_before_any_file_names_it(registrar, center):
    home = center.institution
    page = reverse("admin:learning_centers_institution_open_batch", args=[home.public_id])
    coming = registrar.get(page).context["form"]["code"].initial
    assert registrar.post(page, {"code": coming}).status_code == 302
    assert EntryBatch.objects.get(institution=home, code=coming)
    assert registrar.post(page, {"code": coming}).context["form"].errors["code"]
    with pytest.raises(DomainError) as refused:
        open_batch(home, coming, by=the_system())
    assert refused.value.code == "batch_exists"
    with pytest.raises(NotAllowed):
        open_batch(an_institution("10003"), "2030-spring", by=a_user("other", "enrollment.open_batch", at=home))


def test_the_days_of_a_function_are_set_and_shown(registrar, center):
    batch = a_batch(center.institution)
    days = {"function": "apply", "begin": "2025-11-01", "end": "2026-01-01", "school": ""}
    page = send(registrar, "enrollment_entrybatch_window", batch.pk, **days)
    assert BatchWindow.objects.current().get().end.isoformat() == "2026-01-01"
    assert "2025-11-01" in page


def test_places_are_set_for_what_the_centre_offers(registrar, center):
    batch, offering = a_batch(center.institution), an_offering(center)
    terms = {"center_code": center.code, "version": str(offering.programme_version_id), "quota": "30", "remark": ""}
    send(registrar, "enrollment_entrybatch_places", batch.pk, **terms)
    assert AdmissionPlace.objects.current().get().quota == 30
    other = a_version(center.institution, "030101")
    page = send(registrar, "enrollment_entrybatch_places", batch.pk, **terms | {"version": str(other.pk)})
    assert "not offered there" in page


def test_more_places_than_the_province_allows_are_refused_in_words(registrar, center):
    place = a_place(center, 30)
    version = place.center_offering.programme_version
    plan = {
        "province_code": "430000", "major": str(version.programme.major_id), "level_path": "jc_to_ba",
        "study_form": "part_time", "quota": "30", "source": "招生计划",
    }  # fmt: skip
    page = send(registrar, "enrollment_entrybatch_plan", place.batch_id, **plan)
    assert ProvincialPlan.objects.current().get().quota == 30
    assert "招生计划" in page
    page = send(registrar, "enrollment_admissionplace_quota", place.pk, quota="31", remark="")
    assert "the centres would have 31 places, the plan has 30" in page
    send(registrar, "enrollment_admissionplace_quota", place.pk, quota="29", remark="")
    assert AdmissionPlace.objects.current().get().quota == 29


def test_an_item_of_the_checklist_is_added_and_another_switched_off(registrar, center):
    institution = center.institution
    address = f"{reverse('admin:enrollment_checklistitem_set')}?institution={institution.public_id}"
    own = {"code": "medical", "name": "Medical report", "name_zh": "体检表", "is_required": "on", "is_used": "on"}
    registrar.post(address, own)
    off = {"code": "residence", "name": "Residence", "source": ""}
    assert "Name the item" in registrar.post(address, off).content.decode()
    registrar.post(address, off | {"source": "湘教发〔2026〕1号"})
    codes = [one.code for one in checklists(institution, ["jc_to_ba"])["jc_to_ba"]]
    assert codes == ["identity", "photo", "exam", "prior_diploma", "medical"]
    page = registrar.get(reverse("admin:enrollment_checklistitem_changelist")).content.decode()
    assert "Medical report" in page


def test_a_centre_with_students_is_not_revoked(registrar, center):
    a_student(center)
    key = center.public_id
    send(registrar, "learning_centers_learningcenter_stop_intake", key, on="2026-01-01", reason="撤点")
    page = send(registrar, "learning_centers_learningcenter_revoke", key, on="2026-06-01", reason="撤点")
    assert "Students are still enrolled here" in page
    assert LearningCenter.objects.get().status == CenterStatus.STOP_INTAKE


def test_a_centre_is_renamed_from_a_day_on(registrar, center):
    send(registrar, "learning_centers_learningcenter_rename", center.public_id, name="长沙教学点", on="2026-01-01")
    assert LearningCenter.objects.get().name == "长沙教学点"
    page = send(registrar, "learning_centers_learningcenter_rename", center.public_id, name="x", on="9999-01-01")
    assert "Give a day from 1900-01-01" in page
