"""A university that nobody has loaded: from the commands of the first day to a counted student by pages alone, each step by
whoever takes it."""

import json
import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from common.dates import as_on
from enrollment.models import AdmissionPlace, Application, EntryBatch, Student
from learning_centers.models import Institution, LearningCenter, Major, ProgrammeVersion
from people.models import ApprovalRequest, Role
from tests.builders import day

pytestmark = pytest.mark.django_db
OWN = "Correct horse 7"
HOST = "124300001234567887"


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue().strip()


class Someone:
    """A person in a browser."""

    def __init__(self, username: str, password: str) -> None:
        self.client = Client(headers={"accept-language": "zh-hans"})
        self.client.post(reverse("portal:sign_in"), {"username": username, "password": password})
        change = self.client.get(reverse("portal:home")).url  # nothing else is open yet
        chosen = {"old_password": password, "new_password1": OWN, "new_password2": OWN}
        assert self.client.post(change, chosen).status_code == 302

    def does(self, page: str, *where: Any, **said: Any) -> None:
        answer = self.client.post(reverse(page, args=where), said)
        told = (answer.context or {}).get("form")
        assert answer.status_code == 302, (page, told.errors if told else answer.status_code)

    def acts(self, row: Any, act: str, **said: Any) -> None:
        known = getattr(row, "public_id", row.pk)
        self.does(f"admin:{row._meta.app_label}_{row._meta.model_name}_{act}", known, **said)


@pytest.fixture
def home() -> Institution:
    run("found_institution", "10534", "湖南科技大学", "--identifier", "4143010534")
    return Institution.objects.get(code="10534")


def one(model: Any) -> Any:
    return model._base_manager.get()


def a_station_is_opened(registrar: Someone, home: Institution) -> LearningCenter:
    school = home.schools.get()
    registrar.acts(
        school, "offer_programme", major_code="081501", major_name="采矿工程", level_path="jc_to_ba",
        study_form="part_time", years="2.5", open_from="2026-spring",
    )  # fmt: skip
    registrar.acts(
        home, "open_center", code="4301", name="长沙函授站", school=school.pk, regime="filed", country="CHN",
        type="correspondence_station", province_code="430000", host_uscc=HOST, host_name="长沙职业学校",
    )  # fmt: skip
    center, years = one(LearningCenter), {"begin": "2026-01-01", "end": "2029-01-01"}
    registrar.acts(center, "file", year=2026, decision="new", **years)
    registrar.acts(center, "agree", number="函2026-1", **years)
    registrar.acts(center, "file_majors", majors=[one(Major).pk], on="2026-01-15")
    registrar.acts(center, "offer", version=one(ProgrammeVersion).pk, on="2026-01-15")
    registrar.acts(center, "activate", on="2026-01-15")
    return center


def a_batch_is_planned(registrar: Someone, home: Institution, center: LearningCenter) -> AdmissionPlace:
    registrar.acts(home, "open_batch", code="2026-spring")
    batch = one(EntryBatch)
    registrar.acts(
        batch, "plan", province_code="430000", major=one(Major).pk, level_path="jc_to_ba", study_form="part_time",
        quota=50, source="省考试院",
    )  # fmt: skip
    registrar.acts(batch, "places", center_code=center.code, version=one(ProgrammeVersion).pk, quota=30)
    return one(AdmissionPlace)


def a_coordinator_by_two(head: Someone, registrar: Someone, center: LearningCenter) -> str:
    """The administrator asks, the registrar approves and is shown the password to hand over."""
    role = Role.objects.get(code="coordinator")
    head.does(
        "admin:people_user_add", username="wang", role=role.pk, institution=center.institution_id, center=center.pk
    )
    approve = reverse("admin:people_approvalrequest_approve_grant", args=[one(ApprovalRequest).public_id])
    shown = registrar.client.post(approve).content.decode()
    return re.search(r"(?:[A-Za-z0-9]{4}-){3}[A-Za-z0-9]{4}(?=</output>)", shown)[0]


def test_from_the_commands_of_the_first_day_to_a_student_who_is_counted(home, tmp_path):
    with as_on(day("2026-02-01")):
        head = Someone("head", run("add_user", "head", "--institution", "10534").removeprefix("head: "))
        told = run("add_user", "li", "--institution", "10534", "--role", "registrar")
        registrar = Someone("li", told.removeprefix("li: "))
        center = a_station_is_opened(registrar, home)
        place = a_batch_is_planned(registrar, home, center)
        coordinator = Someone("wang", a_coordinator_by_two(head, registrar, center))
        coordinator.does(
            "portal:application_new", place=place.pk, id_type="resident_id", id_no="110101199003070775", name="王伟",
            phone="13812345678", ethnicity="01", candidate_no="26430000000001", prior_school="湖南科技职业学院",
            prior_certificate_no="116971202306000001",
        )  # fmt: skip
        applied = one(Application)
        items = {f"item_{item}": "good" for item in ("identity", "photo", "exam", "prior_diploma")}
        registrar.acts(applied, "check", **items, seen=version_of(applied))
        registrar.acts(applied, "verify_prior", state="verified", method="registry", seen=version_of(applied))
        registrar.acts(applied, "accept", comment="", seen=version_of(applied))
        registrar.acts(applied, "notice", on="2026-02-01", seen=version_of(applied))
    with as_on(day("2026-03-02")):
        coordinator.does("portal:check_in", applied.public_id, on="2026-03-02", seen=version_of(applied))
        registrar.acts(applied, "register", on="2026-03-02", seen=version_of(applied))
        assert re.fullmatch(r"2026\w+", one(Student).student_no)
        out = tmp_path / "figures.json"
        run(
            "compute_statistics",
            "--institution",
            "10534",
            "--as-of",
            "2026-03-03",
            "--by",
            "center",
            "--json",
            str(out),
        )
    figures = [(one["slice"], one["value"]) for one in json.loads(out.read_text())["figures"] if one["value"]]
    assert figures == [({}, 1), ({"center": "4301"}, 1)]


def version_of(row: Any) -> int:
    row.refresh_from_db()
    return row.version
