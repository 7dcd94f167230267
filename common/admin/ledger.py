"""The ledger and the trail, to read."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from common.admin.scoped import Fact, RecordAdmin, Table, row_link
from common.models import AuditEvent, Recording
from common.verbs import verb_label


@admin.register(Recording)
class RecordingAdmin(RecordAdmin):
    verb_to_view = "common.view_trail"
    list_display = ["number", "instant", "by", "act", "institution"]
    list_select_related = ["actor", "institution"]
    ordering = ["-id"]
    sortable_by = ()

    @admin.display(description=_("by"))
    def by(self, row: Any) -> str:
        return row.by

    @admin.display(description=_("act"))
    def act(self, row: Any) -> Any:
        return verb_label(row.reason)

    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        events = row.audit_events.select_related("actor").order_by("id")[:200]
        facts = [self.fact(row, name) for name in ("number", "instant", "source")]
        facts += [Fact(_("by"), row.by), Fact(_("act"), verb_label(row.reason))]
        if row.undoes_id:
            facts.append(row_link(row.undoes, _("undoes")))
        return {"facts": facts, "tables": [events_table(events, _("Who did what"))]}


@admin.register(AuditEvent)
class AuditEventAdmin(RecordAdmin):
    verb_to_view = "common.view_trail"
    list_display = ["at", "by", "act", "verb", "subject", "reason"]
    list_select_related = ["actor"]
    ordering = ["-id"]
    sortable_by = ()
    search_fields = ["verb__startswith"]
    search_help_text = _("Beginning of the act, for example people.reveal")
    facts_of = ("at", "verb", "subject_id", "recording", "reason", "detail", "reference")

    @admin.display(description=_("by"))
    def by(self, row: Any) -> str:
        return row.by

    @admin.display(description=_("act"))
    def act(self, row: Any) -> Any:
        return verb_label(row.verb)

    @admin.display(description=_("kind of record"))
    def subject(self, row: Any) -> Any:
        try:
            return apps.get_model(row.subject_type)._meta.verbose_name
        except (LookupError, ValueError):  # no subject, or a table of an earlier release
            return row.subject_type or "—"

    def heading(self, row: Any) -> str:
        return f"{verb_label(row.verb)} #{row.pk}"

    def record(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        context = super().record(request, row)
        first = [
            Fact(_("act"), verb_label(row.verb)),
            Fact(_("by"), row.by),
            Fact(_("kind of record"), self.subject(row)),
        ]
        return {**context, "facts": [*first, *context["facts"]]}


def events_table(events: Any, caption: Any) -> Table:
    rows = [[event.at, event.by, verb_label(event.verb), event.reason] for event in events]
    return Table(caption, [_("at"), _("by"), _("act"), _("reason")], rows)
