"""The next step of an institution that has just begun: majors, learning centres, then what a line of work begins with."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from common.access import can
from common.decisions import LINES, Decision, Line, rows_of
from learning_centers.models import Institution


def first_step(
    user: Any, model: Any, verb: str, title: str, *, has: Iterable[Any], lacks: Iterable[Any]
) -> Iterator[Decision]:
    """For whoever may take it, of the institutions that have rows of some models and lack those of others."""
    if not can(user, verb):
        return
    found = Institution.objects.visible_to(user, verb)
    for other in has:
        found = found.filter(_has(other))
    for other in lacks:
        found = found.exclude(_has(other))
    if here := list(found[:LINES]):
        upload = Line(_("upload a file"), reverse("admin:exchange_importbatch_upload"))
        yield Decision(title, rows_of(model), "warn", [upload, *(Line(str(one)) for one in here)])


def _has(model: Any) -> Q:
    return Q(Exists(model._base_manager.filter(institution=OuterRef("pk"))))
