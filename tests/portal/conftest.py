"""A coordinator at one centre, a neighbour at another, a registrar over both, and their browsers."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from learning_centers.models import LearningCenter
from people.models import User
from people.services.roles import shipped_roles
from tests.builders import a_center, a_user, an_institution

PASSWORD = "correct horse"


@dataclass
class Place:
    mine: LearningCenter
    theirs: LearningCenter
    coordinator: User
    neighbour: User
    registrar: User


def a_coordinator(username: str, center: LearningCenter) -> User:
    return a_user(username, *shipped_roles()["coordinator"]["verbs"], at=center)


def client_of(user: Any) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def place(db) -> Place:
    institution = an_institution()
    mine, theirs = a_center(institution, "0101"), a_center(institution, "0102")
    return Place(
        mine, theirs, a_coordinator("mine", mine), a_coordinator("theirs", theirs),
        a_user("registrar", *shipped_roles()["registrar"]["verbs"], at=institution),
    )  # fmt: skip


@pytest.fixture
def client(place: Place) -> Client:
    return client_of(place.coordinator)
