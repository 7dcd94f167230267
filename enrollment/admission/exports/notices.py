"""Admission notices: printed one on a page, or as a list for whoever prints letters; candidate numbers are masked unless asked for
whole."""

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from common.errors import DomainError
from common.masking import mask
from enrollment.admission.models.applications import Application
from enrollment.admission.services.arriving import last_day_to_arrive
from enrollment.admission.services.planning import Windows
from exchange.exports import ExportKind, register_export

ISSUE = "enrollment.issue_notices"
MOST_NAMED = 2_000
RELATED = (
    "institution", "batch", "center_offering__center", "center_offering__programme_version__programme__major",
)  # fmt: skip


@dataclass(frozen=True)
class NoticeTerms:
    """Notices of a batch, issued on a day, of the applications that are named; empty = all."""

    batch: str = ""
    on: str = ""
    only: tuple[str, ...] = ()
    in_clear: bool = False

    def stored(self) -> dict[str, Any]:
        return {**vars(self), "only": list(self.only)}


def read_terms(asked: dict[str, Any]) -> NoticeTerms:
    only = tuple(asked.get("only") or ())
    try:
        on = dt.date.fromisoformat(asked["on"]).isoformat() if asked.get("on") else ""
        named = tuple(str(uuid.UUID(str(one))) for one in only[:MOST_NAMED])
    except (TypeError, ValueError) as error:
        raise DomainError(now_("The list cannot be narrowed in this way."), code="terms_not_possible") from error
    return NoticeTerms(str(asked.get("batch") or ""), on, named, asked.get("in_clear") is True)


def rows(asker: Any, institution: Any, center: Any, terms: NoticeTerms) -> QuerySet[Application]:
    """Only who has a notice; ordered by its number."""
    wanted = {
        "institution": institution,
        "center_offering__center": center,
        "batch__code": terms.batch,
        "noticed_on": terms.on,
        "public_id__in": terms.only,
    }
    noticed = Application.objects.visible_to(asker, ISSUE).current().exclude(notice_no="").select_related(*RELATED)
    return noticed.filter(**{name: value for name, value in wanted.items() if value}).order_by("batch", "notice_no")


def head(terms: NoticeTerms) -> list[str]:
    return [
        now_("Notice number"), pgettext("person", "Name"), now_("Candidate number"), now_("Entry batch"), now_("Level path"),
        now_("Major"), now_("Study form"), now_("Centre code"), now_("Learning centre"), now_("Issued on"), now_("Arrive until"),
    ]  # fmt: skip


def lines(applications: QuerySet[Application], terms: NoticeTerms) -> Iterator[list[str]]:
    found = list(applications)
    windows = Windows.load({one.batch_id for one in found})
    for one in found:
        version, center = one.center_offering.programme_version, one.center_offering.center
        yield [
            one.notice_no, one.name, one.candidate_no if terms.in_clear else mask(one.candidate_no), str(one.batch),
            version.programme.get_level_path_display(), version.programme.major.name, version.get_study_form_display(),
            center.code, center.name, str(one.noticed_on), str(last_day_to_arrive(one, windows=windows)),
        ]  # fmt: skip


ADMISSION_NOTICES = register_export(
    ExportKind("admission_notices", _("Admission notices"), read_terms, rows, head, lines)
)
