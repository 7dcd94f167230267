"""A student's page tells what was known before, who has said otherwise since, and who decided it."""

from django.utils.translation import gettext_lazy as _

from common.admin import Fact, Table, row_link
from common.verbs import verb_label
from enrollment.records.models.students import Student
from enrollment.records.services.facts import as_text, said_of
from enrollment.requests.models.requests import FACT_NAMES
from exchange.models import ImportBatch
from people.models import User
from people.reports.revisions import Revision, revisions_of

COLUMNS = [_("fact"), _("before"), _("after"), _("at"), _("by"), _("second person"), _("act"), _("recording")]


def revisions_table(student: Student) -> list[Table]:
    """Numbers are masked; none where nothing was ever said otherwise."""
    found = revisions_of(student.person)
    second = _second_persons(found)
    rows = [
        [FACT_NAMES[one.fact], said_of(one.fact, as_text(one.before)), said_of(one.fact, as_text(one.after)),
         one.recording.instant, one.recording.actor, second.get(one.recording.source, ""),
         verb_label(one.recording.reason),
         Fact("", str(one.recording), row_link(one.recording).url, "common.view_trail")]
        for one in found
    ]  # fmt: skip
    return [Table(_("What was known before"), COLUMNS, rows)] if rows else []


def _second_persons(found: list[Revision]) -> dict[object, User | None]:
    """By the file that brought it. What was asked for on a page was recorded by whoever decided, who stands there already."""
    files = ImportBatch.objects.filter(public_id__in={one.recording.source for one in found if one.recording.source})
    return {one.public_id: one.decided_by for one in files.defer("content").select_related("decided_by")}
