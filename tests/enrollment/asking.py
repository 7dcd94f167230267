"""The cast of the tests on requests: who asks, who agrees, who decides, and scans that are on file."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction

from common.errors import DomainError
from enrollment.models import Attachment, ChangeRequest, Student
from enrollment.services import RequestDraft, approve_request, request_change, submit_request, waive_consent
from learning_centers.models import LearningCenter
from people.models import User
from tests.builders import a_user, an_institution, day

DECIDES = (
    "enrollment.request_change", "enrollment.approve_change", "enrollment.return_change", "enrollment.reject_change",
    "enrollment.waive_consent",
)  # fmt: skip


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(DomainError) as refusal:
        yield
    assert refusal.value.code == code


def a_registrar(name: str = "registrar") -> User:
    return User.objects.filter(username=name).first() or a_user(name, *DECIDES, at=an_institution())


def a_coordinator(center: LearningCenter) -> User:
    name = f"coordinator-{center.code}"
    known = User.objects.filter(username=name).first()
    return known or a_user(name, "enrollment.request_change", "enrollment.consent_change", at=center)


def evidence_for(request: ChangeRequest) -> None:
    Attachment.objects.create(
        institution=request.institution, center=request.student.current_center, request=request, item="evidence",
        name="scan.pdf", content_type="application/pdf", size=1, sha256="0" * 64, content=b"%", uploaded_by=request.requested_by,
    )  # fmt: skip


@transaction.atomic
def asked(student: Student, kind: str, on: str | None = None, *, by: User, **terms: Any) -> ChangeRequest:
    """A submitted request with its evidence on file."""
    draft = RequestDraft(kind, day(on) if on else None, **{"reason": "own wish"} | terms)
    request = request_change(student, draft, save_only=True, by=by)
    evidence_for(request)
    return submit_request(request, by=by)


@transaction.atomic
def decided(student: Student, kind: str, on: str | None = None, **terms: Any) -> ChangeRequest:
    """Asked for by one registrar, approved by another, without the word of the centres."""
    request = asked(student, kind, on, by=a_registrar(), **terms)
    for party in request.parties.filter(consent="waiting"):
        waive_consent(party, reason="never seen here", by=a_registrar())
    return approve_request(request, decision_no="继字1号", decision_date=day("2025-01-01"), by=a_registrar("second"))
