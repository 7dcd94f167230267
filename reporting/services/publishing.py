"""What an institution says of itself is recorded as said: a claim never changes a figure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from common.access import require
from common.dates import PartialDate, Precision
from common.ledger import recording
from learning_centers.models import Institution
from reporting.models import Line, ProfileStatement, PublishedFigure, Qualifier


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A published number: `name` as on the fact sheet, `since` and `as_of` where the source tells them."""

    name: str
    value: Decimal
    label: str
    source: str
    label_en: str = ""
    line: str = Line.WHOLE
    qualifier: str = Qualifier.EQUAL
    since: PartialDate | None = None
    as_of: PartialDate | None = None


@dataclass(frozen=True, kw_only=True)
class Statement:
    title: str
    title_en: str = ""
    text: str = ""
    text_en: str = ""
    line: str = Line.WHOLE


@transaction.atomic
def publish_figures(institution: Institution, claims: Iterable[Claim], *, by: Any) -> None:
    """Record claims in their order; a claim of the same name and day takes the place of the earlier one."""
    require(by, "reporting.publish_figures", institution)
    with recording(institution, by=by, reason="reporting.publish_figures") as entry:
        for position, claim in enumerate(claims):
            first = claim.as_of.first if claim.as_of else None
            known = PublishedFigure.objects.current().filter(institution=institution, name=claim.name)
            (known.filter(as_of=first) if first else known.filter(as_of__isnull=True)).supersede(entry.id)
            PublishedFigure.objects.create(
                institution=institution,
                name=claim.name,
                line=claim.line,
                label=claim.label,
                label_en=claim.label_en,
                value=claim.value,
                qualifier=claim.qualifier,
                since=claim.since.first if claim.since else None,
                as_of=first,
                precision=claim.as_of.precision if claim.as_of else Precision.YEAR,
                source=claim.source,
                position=position,
                recorded_in_id=entry.id,
            )
        entry.note("reporting.publish_figures", institution)


@transaction.atomic
def state_profile(institution: Institution, statements: Iterable[Statement], *, by: Any) -> None:
    """The institution's profile in words, in this order; it takes the place of the present one."""
    require(by, "reporting.state_profile", institution)
    with recording(institution, by=by, reason="reporting.state_profile") as entry:
        ProfileStatement.objects.filter(institution=institution).supersede(entry.id)
        ProfileStatement.objects.bulk_create(
            ProfileStatement(institution=institution, position=position, recorded_in_id=entry.id, **vars(statement))
            for position, statement in enumerate(statements)
        )
        entry.note("reporting.state_profile", institution)
