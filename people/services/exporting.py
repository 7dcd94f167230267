"""A list of persons leaves the house: asked for with a reason, above a limit let through by a second person, made by a job,
sealed, gone after some days, each step on the trail with its count of rows (docs/rules.md §8)."""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from common.access import require
from common.audit import AuditNote, write_audit
from common.dates import today
from common.errors import DomainError, NotAllowed
from common.purposes import SHORTEST, purpose
from common.transitions import move
from exchange.exports import ExportKind, Terms, export_kind
from exchange.jobs import enqueue
from exchange.models import Export
from learning_centers.models import Institution, LearningCenter
from learning_centers.rules import rule
from people.models import Disclosure, User
from people.services.limits import count_disclosures
from people.services.notices import notify, users_holding
from people.services.second_person import require_second_person

TASK = "people.make_export"
A_DAY = dt.timedelta(days=1)
TAKEN = (Export.State.APPROVED, Export.State.MADE, Export.State.EXPIRED, Export.State.PRINTED)
MOST_PRINTED = 2000
"""Rows of one printed page; the rule `export_rows_alone` usually allows fewer."""
LANGUAGE = "language"
"""Beside the terms of the kind: the language that was read when it was asked for."""


@dataclass(frozen=True)
class ExportFile:
    name: str
    content: bytes


def may_pass_alone(export: Export) -> bool:
    """Whether it may leave without a second person (rule `export_rows_alone`): many short lists of a day are one long list, the
    same list asked for again is not."""
    lately = Export.objects.filter(
        institution=export.institution_id, asked_by=export.asked_by_id, decided_by__isnull=True,
        asked_at__gt=timezone.now() - A_DAY, status__in=TAKEN,
    )  # fmt: skip
    lists = {_what(one): one.rows for one in lately.exclude(pk=export.pk).defer("content")}
    lists[_what(export)] = export.rows
    return sum(lists.values()) <= _limit(export)


def _what(export: Export) -> tuple[Any, ...]:
    terms = {name: value for name, value in export.terms.items() if name != LANGUAGE}
    return export.kind, export.center_id, json.dumps(terms, sort_keys=True)


def _limit(export: Export) -> int:
    place = export.center if export.center is not None else LearningCenter()
    home = export.institution
    return rule("export_rows_alone", home, on=today(home), school_id=place.school_id, province_code=place.province_code)


@transaction.atomic
def ask_for_export(
    kind: str,
    terms: dict[str, Any],
    *,
    reason: str,
    by: Any,
    center: LearningCenter | None = None,
    institution: Institution | None = None,
) -> Export:
    """Ask for a list of the asker's own rows, of one centre or of a whole institution (one of the two is named).

    Right: `people.ask_for_export` at the centre or the institution; `people.export_numbers` for whole numbers. Raises DomainError
    as `purpose` does, `terms_not_possible`, `nothing_to_export`.
    """
    export = _asked_for(kind, terms, reason, by, center, institution)
    _write(export, "people.ask_for_export", by, reason=export.reason)
    if may_pass_alone(export):
        _let_through(export, by)
    else:
        _tell_who_decides(export)
    return export


@transaction.atomic
def print_list(
    kind: str,
    terms: dict[str, Any],
    *,
    reason: str,
    by: Any,
    center: LearningCenter | None = None,
    institution: Institution | None = None,
) -> tuple[Export, QuerySet[Any]]:
    """Let a list of a centre or an institution leave on paper, at once, counted like a file; the rows to print in the order of the
    kind. What a second person has let through as a file may be printed too.

    Right: `people.ask_for_export`. Raises DomainError `too_many_to_print` where a file would need a second person,
    `too_many_this_hour`, and what `ask_for_export` raises.
    """
    export = _asked_for(kind, terms, reason, by, center, institution)
    approved = _approved(export)
    if export.rows > MOST_PRINTED or not (approved or may_pass_alone(export)):
        sentence = _(
            "So many rows are not printed at once. Ask for the list as a file; a second person lets long ones through."
        )
        raise DomainError(sentence, code="too_many_to_print")
    if approved:
        Export.objects.filter(pk=export.pk).update(decided_by=approved.decided_by, decided_at=approved.decided_at)
    else:
        count_disclosures(Disclosure.Kind.PRINTED, by=by, amount=export.rows)
    move(export, Export.State.PRINTED)
    _write(export, "people.print_list", by, reason=export.reason)
    return export, _kind(export).rows(by, export.institution, center, _terms(export))


def _approved(export: Export) -> Export | None:
    """The same list, no shorter than now, that another person has let through for this asker and that is not yet erased."""
    found = Export.objects.filter(
        institution=export.institution_id, asked_by=export.asked_by_id, decided_by__isnull=False, rows__gte=export.rows,
        status__in=(Export.State.APPROVED, Export.State.MADE),
    )  # fmt: skip
    return next((one for one in found.defer("content") if _what(one) == _what(export)), None)


def _asked_for(
    kind: str,
    terms: dict[str, Any],
    reason: str,
    by: Any,
    center: LearningCenter | None,
    institution: Institution | None,
) -> Export:
    place = center or institution
    require(by, "people.ask_for_export", place)
    User.objects.select_for_update().get(pk=by.pk)  # two lists asked for at once see each other
    known, home = export_kind(kind), center.institution if center else institution
    if home is None:
        raise DomainError(_("Name a learning centre or an institution."), code="required")
    said = purpose(reason, _("Say what the list is for."))
    wanted = known.read(terms)
    if wanted.in_clear:
        require(by, "people.export_numbers", place)
    rows = known.rows(by, home, center, wanted).count()
    if not rows:
        raise DomainError(_("No row fits; there is nothing to export."), code="nothing_to_export")
    return Export.objects.create(
        institution=home, center=center, kind=kind, terms={**wanted.stored(), LANGUAGE: get_language()},
        reason=said, rows=rows, asked_by=by,
    )  # fmt: skip


def _let_through(export: Export, by: Any) -> None:
    move(export, Export.State.APPROVED)
    enqueue(TASK, by=by, institution=export.institution, key=str(export.pk), arguments={"export": export.pk})


def _tell_who_decides(export: Export) -> None:
    others = users_holding("people.decide_export", export).exclude(pk=export.asked_by_id)
    notify(others, "export_waiting", institution=export.institution, subject=export, rows=export.rows)


def _write(export: Export, verb: str, by: Any, *, reason: str = "", **detail: Any) -> None:
    told = {"kind": export.kind, "rows": export.rows, "terms": export.terms, **detail}
    write_audit([AuditNote(verb, export, reason, told)], by=by, institution_id=export.institution_id)


@transaction.atomic
def decide_export(export: Export, *, approves: bool, by: Any, reason: str = "") -> Export:
    """A second person lets an export through or refuses it (with a reason). Right: `people.decide_export`.

    Raises DomainError `same_person` for whoever asked, `required` for a refusal without a reason, `move_not_possible`.
    """
    require(by, "people.decide_export", export)
    export = Export.objects.select_for_update(of=("self",)).defer("content").get(pk=export.pk)
    require_second_person(by, [export.asked_by_id], code="same_person")
    if not approves and len(reason.strip()) < SHORTEST:
        raise DomainError(_("Say why the export is refused."), code="required")
    if approves:
        _let_through(export, by)
    else:
        move(export, Export.State.REFUSED)
        notify([export.asked_by], "export_refused", institution=export.institution, subject=export, rows=export.rows)
    Export.objects.filter(pk=export.pk).update(decided_by=by, decided_at=timezone.now())
    _write(export, "people.decide_export", by, reason=reason.strip(), approves=approves)
    return Export.objects.get(pk=export.pk)


@transaction.atomic
def make_export(export: Export) -> Export:
    """Write the file of an export that was let through; done once, however often the job comes. By the job alone, with the rows
    that the asker may see at that moment."""
    export = (
        Export.objects.select_for_update(of=("self",))
        .select_related("asked_by", "institution", "center")
        .get(pk=export.pk)
    )
    if export.status != Export.State.APPROVED:
        return export
    kind = export_kind(export.kind)
    asker, terms = export.asked_by, kind.read(export.terms)
    rows = kind.rows(asker, export.institution, export.center, terms)
    with override(export.terms.get(LANGUAGE)):
        content, count = kind.write(kind, terms, rows, mark_of(export))
        place = export.center or export.institution
        name = f"{kind.title}-{place.code}-{today(export.institution):%Y%m%d}.xlsx"
    export.rows = count
    if export.decided_by_id is None and not may_pass_alone(export):
        Export.objects.filter(pk=export.pk).update(rows=count)
        move(export, Export.State.WAITING)
        _tell_who_decides(export)
        return export
    export.name, export.content, export.sha256 = name, content, hashlib.sha256(content).hexdigest()
    export.save(update_fields=["rows", "name", "content", "sha256"])
    move(export, Export.State.MADE)
    _write(export, TASK, User.objects.system())
    notify([asker], "export_ready", institution=export.institution, subject=export, rows=count)
    return export


def mark_of(export: Export) -> str:
    """Who took the list out, when, for what, and under which reference it stands on the trail."""
    return _("Exported by %(who)s (%(name)s) on %(when)s, reference %(reference)s: %(reason)s") % {
        "who": export.asked_by,
        "name": export.asked_by.username,
        "when": timezone.localtime(export.asked_at).strftime("%Y-%m-%d %H:%M"),
        "reference": export.public_id,
        "reason": export.reason,
    }


@transaction.atomic
def download_export(export: Export, *, by: Any) -> ExportFile:
    """The file in clear, for whoever asked and nobody else, counted. Right: `people.ask_for_export`, as when it was asked for.

    Raises NotAllowed for others, DomainError `not_ready` and `file_removed`.
    """
    require(by, "people.ask_for_export", export)
    if by.pk != export.asked_by_id:
        raise NotAllowed(_("An export is for whoever asked for it."))
    export = Export.objects.select_for_update(of=("self",)).get(pk=export.pk)
    if export.status == Export.State.EXPIRED:
        raise DomainError(_("This file has been erased. Ask for the list again."), code="file_removed")
    if export.status != Export.State.MADE:
        raise DomainError(_("The file is not ready."), code="not_ready")
    if _terms(export).in_clear:
        require(by, "people.export_numbers", export)
    Export.objects.filter(pk=export.pk).update(downloads=F("downloads") + 1)
    _write(export, "people.download_export", by, reason=export.reason, download=export.downloads + 1)
    return ExportFile(export.name, bytes(export.content or b""))


def _terms(export: Export) -> Terms:
    return _kind(export).read(export.terms)


def _kind(export: Export) -> ExportKind:
    return export_kind(export.kind)


@transaction.atomic
def expire_exports(now: dt.datetime | None = None) -> int:
    """Erase the files that are older than `EXPORTS_KEPT_DAYS`; who took what out stays. Returns how many."""
    before = (now or timezone.now()) - dt.timedelta(days=settings.EXPORTS_KEPT_DAYS)
    old = Export.objects.defer("content").annotate(since=Coalesce("decided_at", "asked_at"))
    gone = list(old.filter(status=Export.State.MADE, since__lt=before))
    for export in gone:
        move(export, Export.State.EXPIRED)
        Export.objects.filter(pk=export.pk).update(content=None)
        _write(export, "people.expire_exports", User.objects.system())
    return len(gone)
