"""Legal persons outside of the institution, and what is agreed with them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.access import require
from common.errors import DomainError
from common.identifiers.errors import IdentifierError
from common.identifiers.organizations import unified_social_credit_code
from common.ledger import recording
from learning_centers.models import Agreement, AgreementVersion, Institution, Organization, OrganizationName
from learning_centers.services.dating import require_news, succeed
from learning_centers.services.naming import project_names


@dataclass(frozen=True, kw_only=True)
class OrganizationDraft:
    """A legal person; known again by its social credit code, or by its name where it has none."""

    name: str
    uscc: str = ""
    country: str = "CHN"
    foreign_code: str = ""
    source_row: int | None = None

    @property
    def key(self) -> str:
        return self.uscc or f"name:{self.name}"


def register_organization(institution: Institution, draft: OrganizationDraft, *, by: Any) -> Organization:
    """The organization of this code, or else of this name, made if need be. Raises DomainError `uscc_invalid`, and what
    `recognised` raises."""
    require(by, "learning_centers.register_organization", institution)
    draft = recognised(institution, draft)
    with recording(institution, by=by, reason="learning_centers.register_organization") as entry:
        key = register_organizations(institution, [draft], entry=entry)[draft.key]
        organization = Organization.objects.get(pk=key)
        entry.note("learning_centers.register_organization", organization)
        return organization


def recognised(institution: Institution, draft: OrganizationDraft) -> OrganizationDraft:
    """With the code of the one organization that bears this name, where somebody named it without. Raises DomainError
    `organization_ambiguous` where several do."""
    known = Organization.objects.current().filter(institution=institution, name=draft.name)
    if draft.uscc or known.filter(uscc="").exists():
        return draft
    codes = list(known.values_list("uscc", flat=True)[:2])
    if len(codes) > 1:
        text = _("Several organizations bear this name; give the credit code.")
        raise DomainError(text, code="organization_ambiguous")
    return replace(draft, uscc=codes[0]) if codes else draft


def register_organizations(
    institution: Institution, drafts: Iterable[OrganizationDraft], *, entry: Any
) -> dict[str, int]:
    """Keys of the organizations by `draft.key`, the missing ones made; a known one keeps its name."""
    wanted: dict[str, OrganizationDraft] = {}
    for draft in drafts:
        if draft.uscc:
            _check_credit_code(draft.uscc)
        wanted.setdefault(draft.key, draft)
    found = _known_organizations(institution, wanted)
    missing = [draft for key, draft in wanted.items() if key not in found]
    made = Organization.objects.bulk_create(
        Organization(
            institution=institution,
            name=draft.name,
            uscc=draft.uscc,
            country=draft.country,
            foreign_code=draft.foreign_code,
            recorded_in_id=entry.id,
            source_row=draft.source_row,
        )
        for draft in missing
    )
    OrganizationName.objects.bulk_create(
        OrganizationName(organization=one, name=one.name, recorded_in_id=entry.id, source_row=one.source_row)
        for one in made
    )
    return found | {draft.key: one.pk for draft, one in zip(missing, made, strict=True)}


def _check_credit_code(uscc: str) -> None:
    try:
        unified_social_credit_code(uscc)
    except IdentifierError as error:
        raise DomainError(_("This is not a valid unified social credit code."), code=error.code) from None


def _known_organizations(institution: Institution, wanted: dict[str, OrganizationDraft]) -> dict[str, int]:
    known = Organization.objects.current().filter(institution=institution)
    codes = [draft.uscc for draft in wanted.values() if draft.uscc]
    names = [draft.name for draft in wanted.values() if not draft.uscc]
    by_code = known.filter(uscc__in=codes).values_list("uscc", "pk")
    by_name = known.filter(uscc="", name__in=names).values_list("name", "pk")
    return dict(by_code) | {f"name:{name}": key for name, key in by_name}


@transaction.atomic
def rename_organization(organization: Organization, name: str, *, on: dt.date, by: Any) -> None:
    """The same legal person under another name from this day on; a changed host counts as a new filing (docs/rules.md §2.8). Raises
    DomainError `change_not_possible`, `nothing_changes`."""
    require(by, "learning_centers.rename_organization", organization)
    require_news(organization.names.all(), on, name=name)
    with recording(organization.institution, by=by, reason="learning_centers.rename_organization") as entry:
        succeed(organization.names.all(), on, entry.id, organization=organization, name=name)
        project_names(organization)
        entry.note("learning_centers.rename_organization", organization)
    organization.refresh_from_db()


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What an agreement version says and on which days `[begin, end)` it holds."""

    begin: dt.date | None = None
    end: dt.date | None = None
    text: str = ""


@transaction.atomic
def sign_agreement(organization: Organization, kind: str, terms: Terms, *, by: Any, number: str = "") -> Agreement:
    """A new agreement with its first version. Raises DomainError `agreement_number_taken`."""
    require(by, "learning_centers.sign_agreement", organization)
    institution = organization.institution
    require_free_number(institution, number)
    with recording(institution, by=by, reason="learning_centers.sign_agreement") as entry:
        agreement = Agreement.objects.create(
            institution=institution, organization=organization, kind=kind, number=number, recorded_in_id=entry.id
        )
        next_version(agreement, terms, entry)
        entry.note("learning_centers.sign_agreement", agreement)
    return agreement


@transaction.atomic
def renew_agreement(agreement: Agreement, terms: Terms, *, by: Any) -> AgreementVersion:
    """The next version of the agreement; the earlier ones stay as they were signed."""
    require(by, "learning_centers.renew_agreement", agreement)
    with recording(agreement.institution, by=by, reason="learning_centers.renew_agreement") as entry:
        entry.note("learning_centers.renew_agreement", agreement)
        return next_version(agreement, terms, entry)


def require_free_number(institution: Institution, number: str) -> None:
    if number and Agreement.objects.current().filter(institution=institution, number=number).exists():
        raise DomainError(_("An agreement with this number is on file already."), code="agreement_number_taken")


def next_version(agreement: Agreement, terms: Terms, entry: Any) -> AgreementVersion:
    last = agreement.versions.current().order_by("-serial").first()
    return AgreementVersion.objects.create(
        agreement=agreement,
        serial=last.serial + 1 if last else 1,
        begin=terms.begin,
        end=terms.end,
        terms=terms.text,
        recorded_in_id=entry.id,
    )
