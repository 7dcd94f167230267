"""Every route × role × method × row: what the table of rights says, nothing leaks, and a denied act changes nothing."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from enrollment.models import (
    AdmissionPlace,
    Application,
    Attachment,
    ChangeCase,
    ChangeRequest,
    EntitlementCheck,
    EntryBatch,
    Student,
    StudentChange,
    WatchItem,
)
from exchange.models import Export, ImportBatch, Job
from learning_centers.models import (
    Agreement,
    Institution,
    LearningCenter,
    Organization,
    ProgrammeVersion,
    RuleSetting,
    School,
)
from people.models import ApprovalRequest, PersonMerge
from reporting.models import FrozenReturn, StatisticsRun
from tests.access.rights import DOORS, PAGES, PORTAL, RECORDS, Right
from tests.access.routes import Route, all_routes
from tests.access.world import CANARIES, FOREIGN, MISSING, NUMBERS, OWN, READER_VERBS, SISTER, World

KINDS = (OWN, SISTER, FOREIGN, MISSING)
NOWHERE = "019f0000-0000-7000-8000-000000000000"
REACH = {
    "registrar": {"i": {OWN, SISTER}},
    "foreign registrar": {"i": {FOREIGN}},
    "school manager": {"s": {OWN, SISTER}},
    "partner": {"o": {OWN}},
    "insider": {"c": {OWN}},
    "outsider": {"c": {SISTER}},
    "reader": {"c": {OWN}},
    "coordinator": {"c": {OWN}},
    "clerk": {"i": {OWN, SISTER}},
    "commuter": {"c": {OWN, SISTER}},
}
"""Role → level of its membership → kinds of rows within it. Roles that stand here not reach nothing."""
LOOKS_ONLY = {"commuter": {OWN}}
"""Role → kinds of rows that it sees by a membership with the rights to look alone: those of the other membership are none here."""
NOT_SIGNED_IN = ("anonymous", "inactive")
ROLES = (*REACH, "onlooker", *NOT_SIGNED_IN)

STAYS_QUIET = ("django_session", "axes_accesslog", "axes_accessattempt", "common_auditevent")
"""Signing in and looking leave traces; a look is audited, which is no change."""


def right_of(route: Route) -> Right | None:
    if route.name in PAGES | PORTAL:
        return (PAGES | PORTAL)[route.name]
    record = re.fullmatch(r"admin:(\w+?)_(changelist|change|add|delete)", route.name)
    return RECORDS.get(record[1]) if record else None


def model_of(route: Route) -> type[models.Model] | None:
    record = re.fullmatch(r"admin:(\w+?)_(changelist|change|add|delete)", route.name)
    if not record:
        return None
    return next(
        model for model in apps.get_models() if f"{model._meta.app_label}_{model._meta.model_name}" == record[1]
    )


def is_about_a_row(route: Route) -> bool:
    return bool(route.parameters) or route.name in PARTICULAR


def address(world: World, route: Route, kind: str) -> str | None:
    """The URL of this route for a row of this kind; None where there is no such row."""
    if not is_about_a_row(route):
        return reverse(route.name) if kind == OWN else None
    if route.name in PARTICULAR:
        return PARTICULAR[route.name](world, route.name, kind)
    if model := model_of(route):
        if kind == MISSING:
            return reverse(route.name, args=[NOWHERE if hasattr(model, "public_id") else 999_999_999])
        row = world.row(model, kind)
        return row and reverse(route.name, args=[getattr(row, "public_id", row.pk)])
    raise LookupError(f"nobody says how {route} is addressed: add it to PARTICULAR")


def of_person(world: World, name: str, kind: str) -> str | None:
    if kind == MISSING:
        return reverse(name, args=[NOWHERE])
    return reverse(name, args=[world.row(Student, kind).person.public_id])


def of_merge(world: World, name: str, kind: str) -> str | None:
    row = world.row(PersonMerge, kind)
    return reverse(name, args=[row.pk if row else 999_999_999]) if row or kind == MISSING else None


def by_query(model):
    """Pages of many rows, each named in the query."""

    def builder(world: World, name: str, kind: str) -> str | None:
        if kind == MISSING:
            return f"{reverse(name)}?row={NOWHERE if hasattr(model, 'public_id') else 999_999_999}"
        row = world.row(model, kind)
        return row and f"{reverse(name)}?row={getattr(row, 'public_id', row.pk)}"

    return builder


def of_rule(world: World, name: str, kind: str) -> str | None:
    """The page that sets a rule for an institution."""
    places = {OWN: world.home.public_id, FOREIGN: world.abroad.public_id, MISSING: NOWHERE}
    return f"{reverse(name, args=['late_arrival_days'])}?institution={places[kind]}" if kind in places else None


def of_institution(world: World, name: str, kind: str) -> str | None:
    places = {OWN: world.home.public_id, FOREIGN: world.abroad.public_id, MISSING: NOWHERE}
    return f"{reverse(name)}?institution={places[kind]}" if kind in places else None


def of_key(model):
    """Pages of one row that has no public id."""

    def builder(world: World, name: str, kind: str) -> str | None:
        row = world.row(model, kind) if kind != MISSING else None
        return reverse(name, args=[row.pk if row else 999_999_999]) if row or kind == MISSING else None

    return builder


def of(model):
    """Pages of one row, by its public id."""

    def builder(world: World, name: str, kind: str) -> str | None:
        if kind == MISSING:
            return reverse(name, args=[NOWHERE])
        row = world.row(model, kind)
        return row and reverse(name, args=[row.public_id])

    return builder


def of_student_and(*more):
    def builder(world: World, name: str, kind: str) -> str | None:
        student = NOWHERE if kind == MISSING else world.row(Student, kind).public_id
        return reverse(name, args=[student, *more])

    return builder


def of_applicant(world: World, name: str, kind: str) -> str | None:
    return reverse(name, args=[NOWHERE if kind == MISSING else world.row(Application, kind).public_id, "phone"])


def of_number(world: World, name: str, kind: str) -> str | None:
    """The page that shows the identity number of a student."""
    if kind == MISSING:
        return reverse(name, args=[NOWHERE, "document", 999_999_999])
    student = world.row(Student, kind)
    return reverse(name, args=[student.public_id, "document", student.person.documents.first().pk])


def of_side(world: World, name: str, kind: str) -> str | None:
    row = NOWHERE if kind == MISSING else world.row(ChangeRequest, kind).public_id
    return reverse(name, args=[row, "source"])


PARTICULAR = {
    "portal:student": of(Student),
    **{name: of(Institution) for name in PAGES if name.startswith("admin:learning_centers_institution_")},
    **{name: of(School) for name in PAGES if name.startswith("admin:learning_centers_school_")},
    "admin:learning_centers_school_many_merge": by_query(School),
    "admin:learning_centers_programmeversion_close_offering": of_key(ProgrammeVersion),
    **{f"admin:learning_centers_organization_{page}": of(Organization) for page in ("rename", "sign")},
    "admin:learning_centers_agreement_renew": of(Agreement),
    "portal:reveal_number": of_number,
    "portal:request_kinds": of(Student),
    "portal:request_new": of_student_and("suspend"),
    **{f"portal:{page}": of(ChangeRequest) for page in ("request", "request_edit", "request_withdraw")},
    "portal:request_consent": of_side,
    **{f"portal:application{page}": of(Application) for page in ("", "_edit", "_paper", "_withdraw")},
    "portal:check_in": of(Application),
    "portal:reveal_of_applicant": of_applicant,
    **{f"portal:file{page}": of(ImportBatch) for page in ("", "_progress", "_store", "_workbook")},
    "portal:attachment": of(Attachment),
    "portal:attachment_remove": of(Attachment),
    "portal:export_download": of(Export),
    "admin:learning_centers_rulesetting_set": of_rule,
    "admin:enrollment_checklistitem_set": of_institution,
    "admin:enrollment_reasonsetting_set": of_institution,
    "admin:learning_centers_rulesetting_drop": of_key(RuleSetting),
    **{name: of(LearningCenter) for name in PAGES if name.startswith("admin:learning_centers_learningcenter_")},
    **{
        f"admin:exchange_importbatch_{page}": of(ImportBatch)
        for page in ("progress", "store", "check", "approve", "decline", "undo", "keep", "workbook", "whole")
    },
    **{f"admin:exchange_export_{page}": of(Export) for page in ("approve", "refuse", "download")},
    "admin:exchange_job_cancel": of(Job),
    **{
        f"admin:reporting_statisticsrun_{page}": of(StatisticsRun)
        for page in ("progress", "records", "why", "export", "freeze")
    },
    "admin:reporting_frozenreturn_restate": of(FrozenReturn),
    "admin:reporting_frozenreturn_follow": of(FrozenReturn),
    **{name: of(Application) for name in PAGES if name.startswith("admin:enrollment_application_")},
    **{name: by_query(Application) for name in PAGES if name.startswith("admin:enrollment_application_many_")},
    "admin:enrollment_application_notices": by_query(Application),
    "admin:enrollment_student_many_ask": by_query(Student),
    "admin:enrollment_student_many_register_year": by_query(Student),
    "admin:enrollment_student_correct": of(Student),
    "admin:enrollment_studentchange_take_back": of(StudentChange),
    "admin:enrollment_studentchange_withdraw_future": of(StudentChange),
    **{f"admin:enrollment_entrybatch_{page}": of_key(EntryBatch) for page in ("window", "places", "plan")},
    "admin:enrollment_admissionplace_quota": of_key(AdmissionPlace),
    "admin:enrollment_entitlementcheck_record": of_key(EntitlementCheck),
    "admin:enrollment_entitlementcheck_many_entitled": by_query(EntitlementCheck),
    "admin:enrollment_studentchange_reveal": of(StudentChange),
    **{name: of(ChangeRequest) for name in PAGES if name.startswith("admin:enrollment_changerequest_")},
    **{name: of(ChangeCase) for name in PAGES if name.startswith("admin:enrollment_changecase_")},
    **{f"admin:enrollment_watchitem_{page}": of(WatchItem) for page in ("notice", "withdrawal", "aside")},
    **{f"admin:enrollment_watchitem_many_{page}": by_query(WatchItem) for page in ("notice", "withdrawal", "aside")},
    **{f"admin:enrollment_attachment_{page}": of(Attachment) for page in ("open", "confirm_copy", "original")},
    "admin:people_person_reveal": of_person,
    **{name: of(ApprovalRequest) for name in PAGES if name.startswith("admin:people_approvalrequest_")},
    "admin:people_personmerge_undo": of_merge,
}
"""How the pages of our own are addressed; a new one without a builder fails with a KeyError."""


def within(role: str, right: Right, kind: str) -> bool:
    reach = REACH.get(role, {})
    if right.levels == "p":
        return bool(reach) and kind != MISSING
    if right.verb and right.verb not in READER_VERBS and kind in LOOKS_ONLY.get(role, ()):
        return False
    return any(level in right.levels and kind in reach[level] for level in reach)


def is_shut_out(world: World, role: str, route: Route) -> bool:
    """The role has no key to this part of the site."""
    door = DOORS[route.name.partition(":")[0]]
    user = world.users.get(role)
    return role in NOT_SIGNED_IN or not user or not any(door in reach.verbs for reach in user.reaches)


def is_sent_away(role: str, route: Route, response) -> bool:
    """To the sign-in of that part; the portal tells somebody who is signed in that this is not for them."""
    part = route.name.partition(":")[0]
    if part == "portal" and role not in NOT_SIGNED_IN:
        return response.status_code == 403
    sign_in = {"admin": "admin:login", "portal": "portal:sign_in"}[part]
    return response.status_code == 302 and reverse(sign_in) in response["Location"]


def holds(world: World, role: str, right: Right) -> bool:
    user = world.users.get(role)
    return bool(user) and (not right.verb or any(right.verb in reach.verbs for reach in user.reaches))


def hidden_words(role: str) -> list[str]:
    """Words and numbers of rows that this role must never be shown."""
    shown = set().union(*REACH.get(role, {}).values())
    return [CANARIES[kind] for kind in (SISTER, FOREIGN) if kind not in shown] + [
        NUMBERS[kind] + "0000" for kind in (OWN, SISTER, FOREIGN) if kind not in shown
    ]


def changes_so_far() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE relname <> ALL (%s) AND n_tup_ins + n_tup_upd + n_tup_del > 0 ORDER BY relname",
            [list(STAYS_QUIET)],
        )
        return cursor.fetchall()


def plain(response) -> str:
    """The body without what differs between any two answers."""
    text = response.content.decode(errors="replace") if not response.streaming else ""
    return re.sub(
        r"[0-9a-f]{8}-[0-9a-f-]{27}|nonce-\S+|csrfmiddlewaretoken\" value=\"\w+|[0-9a-f]{12,}|\d{6,}", "…", text
    )


RIGHTFUL = sorted((route for route in all_routes() if right_of(route)), key=str)


def verdict(
    world: World, role: str, route: Route, kind: str, response: HttpResponse, missing: HttpResponse | None
) -> str:
    """What is wrong with the answer that this role got, or nothing."""
    right, status, text = right_of(route), response.status_code, plain(response)
    shown = [word for word in hidden_words(role) if word in text]
    if shown:
        return f"shows {shown}"
    if is_shut_out(world, role, route):
        return "" if is_sent_away(role, route, response) else "lets in"
    if not holds(world, role, right):
        return "" if status in (403, 404) else "asks for no right"
    if is_about_a_row(route) and not within(role, right, kind):
        if status not in (404, 405):  # a page that only takes in answers nobody's question
            return "opens a row out of reach"
        return "" if text == plain(missing) else "tells a foreign row from a missing one"
    return "" if status in (200, 302, 405) else "refuses what is allowed"


class Visitor:
    """Somebody of this role, signed in if they may be. Of each cell of the matrix they tell what is wrong, or nothing."""

    def __init__(self, world: World, role: str) -> None:
        self.world, self.role = world, role
        self.client = Client(raise_request_exception=False)
        if role in world.users:
            self.client.force_login(world.users[role], backend="django.contrib.auth.backends.ModelBackend")
        self.missing: dict[str, HttpResponse] = {}
        self.changes = changes_so_far()

    def get(self, route: Route, kind: str) -> HttpResponse | None:
        """The answer; for a missing row it is asked for once, since all others out of reach are held against it."""
        if kind == MISSING and route.name in self.missing:
            return self.missing[route.name]
        url = address(self.world, route, kind)
        response = self.client.get(url) if url else None
        if kind == MISSING and response:
            self.missing[route.name] = response
        return response

    def reading(self, route: Route, kind: str) -> str:
        if not (response := self.get(route, kind)):
            return ""
        missing = self.get(route, MISSING) if is_about_a_row(route) else None
        fault = verdict(self.world, self.role, route, kind, response, missing)
        return fault and f"{self.role} reads {kind} {route}: {response.status_code}, {fault}"

    def acting(self, route: Route, kind: str) -> str:
        """Only where nothing is allowed: each method is refused, and no row of any table is another than before."""
        url = address(self.world, route, kind)
        if url is None or self.may_act(route, kind):
            return ""
        for method in ("post", "delete"):
            response = getattr(self.client, method)(url, {"reason": "x", "action": "delete_selected", "go": "1"})
            if response.status_code not in (403, 404, 405) and not is_sent_away(self.role, route, response):
                return f"{self.role} {method} {kind} {route}: {response.status_code}"
        before, self.changes = self.changes, changes_so_far()
        return f"{self.role} has changed something by {kind} {route}" if self.changes != before else ""

    def may_act(self, route: Route, kind: str) -> bool:
        right = right_of(route)
        allowed = holds(self.world, self.role, right) and not is_shut_out(self.world, self.role, route)
        return allowed and (not is_about_a_row(route) or within(self.role, right, kind))

    def choosing(self, route: str, query: dict[str, str]) -> str:
        """What is offered while one types; Django's own way of offering any row of a table is closed."""
        response = self.client.get(reverse(route), query)
        text = response.content.decode("unicode_escape" if route == AUTOCOMPLETE else "utf-8", errors="replace")
        shown = [word for word in hidden_words(self.role) if word in text]
        wrong = shown or response.status_code >= 500 or (route == AUTOCOMPLETE and response.status_code == 200)
        return f"{self.role} {route} {query}: {response.status_code} {shown}" if wrong else ""


Judge = Callable[..., str]
Cell = tuple[Any, ...]

ROWS_OF_ROUTES: list[Cell] = [(route, kind) for route in RIGHTFUL for kind in KINDS]
AUTOCOMPLETE, SUGGESTIONS = "admin:autocomplete", "admin:learning_centers_suggest"
CHOICES: list[Cell] = [
    (SUGGESTIONS, {parameter: word}) for parameter in ("center", "center_code", "targets") for word in CANARIES.values()
] + [
    (
        AUTOCOMPLETE,
        {
            "app_label": model._meta.app_label,
            "model_name": model._meta.model_name,
            "field_name": field.name,
            "term": "",
        },
    )
    for model in apps.get_models()
    if hasattr(model, "SCOPE")
    for field in model._meta.fields
    if field.is_relation and hasattr(field.related_model, "SCOPE")
]
CELLS: dict[Judge, list[Cell]] = {
    Visitor.reading: ROWS_OF_ROUTES, Visitor.acting: ROWS_OF_ROUTES, Visitor.choosing: CHOICES
}  # fmt: skip


def faults(world: World, role: str, judge: Judge) -> Iterator[tuple[Cell, str]]:
    """All cells of this role, one after the other; those that are wrong, and what is wrong with them."""
    visitor = Visitor(world, role)
    for cell in CELLS[judge]:
        if fault := judge(visitor, *cell):
            yield cell, fault


EACH_ROLE = pytest.mark.parametrize(
    "role", [role if role == "insider" else pytest.param(role, marks=pytest.mark.slow) for role in ROLES]
)
"""Where time is short, the insider alone looks around: of all of them they see most and must not see most."""


def all_is_right(world: World, role: str, judge: Judge) -> None:
    wrong = [fault for _cell, fault in faults(world, role, judge)]
    assert not wrong, "\n".join(wrong)
