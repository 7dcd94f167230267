"""Roles that read personal data or decide, and what opens accounts that hold them, are given by two: one asks, another approves
and hands the password over, so that no account can be entered by somebody who made it up alone."""

import datetime as dt
from typing import Any

from django.db import transaction

from common.access import require
from common.audit import AuditNote, write_audit
from learning_centers.models import Institution
from people.models import ApprovalRequest, Membership, Role, User
from people.services.accounts import LEVELS, check_grant, facts_of, grant_role, open_account
from people.services.asking import ApprovalKind, Kind, ask_for_approval
from people.services.giving import MANAGE, a_password, is_guarded, require_to_give, set_given_password

DECIDE = "people.decide_grant"
PLACE = ("role", "institution", *LEVELS)


@transaction.atomic
def ask_for_account(username: str, role: Role, institution: Institution, *, by: Any, **more: Any) -> ApprovalRequest:
    """Ask for a new account with a role that is given by two; it comes into being with the approval.

    `more` as for `open_account`, and what it raises.
    """
    places = {level: more.pop(level, None) for level in LEVELS}
    check_grant(User(), role, institution, by=by, **places)
    terms = {"username": username, "role": role.code, **_keys(places), **more}
    key = f"account:{username}"
    return ask_for_approval(Kind.NEW_ACCOUNT, NEW_ACCOUNT, key, terms, institution=institution, by=by)


@transaction.atomic
def grant_role_or_ask(
    user: User,
    role: Role,
    institution: Institution,
    *,
    by: Any,
    begin: dt.date,
    end: dt.date | None = None,
    **places: Any,
) -> Membership | ApprovalRequest:
    """Give the role, or ask a second person for it if it reads personal data or decides. Raises as `grant_role` does."""
    if not role.is_given_by_two or by.is_system:
        return grant_role(user, role, institution, by=by, begin=begin, end=end, **places)
    check_grant(user, role, institution, by=by, **places)
    terms = {"membership": None, "role": role.code, **_keys(places), **_days(begin, end)}
    key = ":".join(str(one or "") for one in ("role", user.pk, role.code, *_keys(places).values()))
    return ask_for_approval(Kind.ROLE, ROLE, key, terms, institution=institution, by=by, user=user)


@transaction.atomic
def change_membership_or_ask(membership: Membership, said: dict[str, Any], *, by: Any) -> ApprovalRequest | None:
    """Another role, place or span; `said` has `role`, `institution`, the levels, `begin` and `end`. What gives less holds at once,
    what gives more of a role that is given by two is asked for. Rights and refusals as of `grant_role`."""
    row = Membership.objects.select_for_update(of=("self",)).select_related("user", "role").get(pk=membership.pk)
    require(by, MANAGE, row)
    narrower = _narrows(row, said)
    if not narrower or row.user_id == by.pk:  # what is wrong already can still be ended, by somebody else
        check_grant(row.user, said["role"], said["institution"], by=by, **{level: said[level] for level in LEVELS})
    if narrower or by.is_system or not said["role"].is_given_by_two:
        _change(row, said, by)
        return None
    terms = {"membership": row.pk, "role": said["role"].code, **_keys(said), **_days(said["begin"], said["end"])}
    home = said["institution"]
    return ask_for_approval(Kind.ROLE, ROLE, f"membership:{row.pk}", terms, institution=home, by=by, user=row.user)


@transaction.atomic
def ask_for_password(user: User, *, by: Any) -> ApprovalRequest:
    """Ask for a new password of an account that reads personal data or decides. Raises as `give_password` does."""
    require_to_give(user, by=by)
    return ask_for_approval(
        Kind.PASSWORD, PASSWORD, f"password:{user.pk}", {}, institution=_home(user), by=by, user=user
    )


@transaction.atomic
def ask_to_reactivate(user: User, *, by: Any) -> ApprovalRequest:
    """Ask for a closed account that reads personal data or decides to be opened again. Raises as `give_password` does."""
    require_to_give(user, by=by)
    terms, key = {"active": True}, f"reactivation:{user.pk}"
    return ask_for_approval(Kind.REACTIVATION, REACTIVATION, key, terms, institution=_home(user), by=by, user=user)


def _home(user: User) -> Institution:
    """Where a second person is asked: the first institution in which the account has such a role."""
    held = user.memberships.not_over().given_by_two()
    return held.order_by("institution_id").select_related("institution")[0].institution


def _keys(places: dict[str, Any]) -> dict[str, int | None]:
    return {level: places[level].pk if places.get(level) else None for level in LEVELS}


def _days(begin: dt.date, end: dt.date | None) -> dict[str, str]:
    return {"begin": begin.isoformat(), "end": end.isoformat() if end else ""}


def _narrows(row: Membership, said: dict[str, Any]) -> bool:
    """The same role at the same place, on no day on which it was not held."""
    same = all(getattr(row, f"{name}_id") == (said[name].pk if said[name] else None) for name in PLACE)
    ends_no_later = row.end is None or (said["end"] is not None and said["end"] <= row.end)
    return same and said["begin"] >= row.begin and ends_no_later


def _change(row: Membership, said: dict[str, Any], by: Any) -> None:
    for name in (*PLACE, "begin", "end"):
        setattr(row, name, said[name])
    row.save()
    note = AuditNote("people.change_membership", row, detail=facts_of(row))
    write_audit([note], by=by, institution_id=row.institution_id)


def said_in(request: ApprovalRequest) -> dict[str, Any]:
    """Role, places and days of what is asked for, as rows and days."""
    terms = request.terms
    places = {level: model.objects.filter(pk=terms[level]).first() for level, model in LEVELS.items()}
    days = {name: dt.date.fromisoformat(terms[name]) if terms.get(name) else None for name in ("begin", "end")}
    return {"role": Role.objects.get(code=terms["role"]), "institution": request.institution, **places, **days}


def _open(request: ApprovalRequest, approved_by: Any) -> str:
    said, terms = said_in(request), request.terms
    places = {level: said[level] for level in LEVELS}
    facts = {name: terms.get(name, "") for name in ("display_name", "email", "language")}
    request.user, password = open_account(
        terms["username"], said["role"], request.institution, by=request.asked_by, approved_by=approved_by, **places, **facts
    )  # fmt: skip
    return password


def _grant(request: ApprovalRequest, approved_by: Any) -> str:
    said, user, asker = said_in(request), request.user, request.asked_by
    was_guarded = is_guarded(user)
    if row := Membership.objects.filter(pk=request.terms["membership"]).first():
        require(asker, MANAGE, row)
        check_grant(user, said["role"], said["institution"], by=asker, **{level: said[level] for level in LEVELS})
        _change(row, said, asker)
    else:
        grant_role(user, by=asker, approved_by=approved_by, **said)
    return "" if was_guarded else _new_password(user, asker)


def _set_password(request: ApprovalRequest, approved_by: Any) -> str:
    require_to_give(request.user, by=request.asked_by)
    return _new_password(request.user, request.asked_by)


def _new_password(user: User, by: Any) -> str:
    """Nobody who asked alone knows it: it is shown to whoever approves, and the owner chooses another."""
    password = a_password()
    set_given_password(user, password, by=by)
    return password


def _reactivate(request: ApprovalRequest, approved_by: Any) -> str:
    user = request.user
    require_to_give(user, by=request.asked_by)
    user.is_active = True
    user.save(update_fields=["is_active"])
    note = AuditNote("people.change_user", user, detail={"username": user.username, "active": True})
    write_audit([note], by=request.asked_by, institution_id=request.institution_id)
    return ""


def _membership(request: ApprovalRequest) -> Any:
    row = Membership.objects.filter(pk=request.terms["membership"]).select_related("user", "role").first()
    return row and facts_of(row)


def _account(request: ApprovalRequest) -> Any:
    return {"active": request.user.is_active}


NEW_ACCOUNT = ApprovalKind(MANAGE, DECIDE, lambda request: None, _open)
ROLE = ApprovalKind(MANAGE, DECIDE, _membership, _grant)
PASSWORD = ApprovalKind(MANAGE, DECIDE, lambda request: None, _set_password)
REACTIVATION = ApprovalKind(MANAGE, DECIDE, _account, _reactivate)
