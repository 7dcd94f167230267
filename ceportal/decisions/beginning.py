"""The next step of an institution that has just begun: majors, learning centres, a batch; gone once the batch is there."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from ceportal.decisions.lines import LINES, Decision, Line, rows_of
from common.access import can
from enrollment.models import EntryBatch
from learning_centers.models import Institution, LearningCenter, ProgrammeVersion


def first_steps(user: Any) -> Iterator[Decision]:
    """By file or by hand, for each institution the first of the steps that it has not taken."""
    versions, centers, batches = (
        Q(Exists(model._base_manager.filter(institution=OuterRef("pk"))))
        for model in (ProgrammeVersion, LearningCenter, EntryBatch)
    )
    majors = _("No programme is open yet: upload the majors, or open one by hand")
    places = _("There is no learning centre yet: upload the centres, or propose one by hand")
    plans = _("No entry batch is planned yet: upload an admission plan or new students, or open a batch by hand")
    for lacks, model, verb, title in (
        (~versions & ~centers, ProgrammeVersion, "learning_centers.offer_programme", majors),
        (versions & ~centers, LearningCenter, "learning_centers.open_center", places),
        (versions & centers & ~batches, EntryBatch, "enrollment.open_batch", plans),
    ):
        found = list(Institution.objects.visible_to(user, verb).filter(lacks)[:LINES]) if can(user, verb) else []
        if found:
            upload = Line(_("upload a file"), reverse("admin:exchange_importbatch_upload"))
            yield Decision(title, rows_of(model), "warn", [upload, *(Line(str(one)) for one in found)])
