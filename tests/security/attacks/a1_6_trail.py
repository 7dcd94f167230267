"""History altered by SQL: in the role of the application it is refused, by the owner of the tables it is found and told."""

import datetime as dt
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import override_settings
from django.urls import reverse

from common.heads import keep_heads, kept_heads
from common.sealing import seal_audit_events
from common.verifying import ChainFault, verify_audit_chain
from people.models import Notice
from reporting.models import FrozenReturn, StatisticsRun
from reporting.services import compute_run, freeze_return, run_for
from tests.databases import with_name
from tests.owning import tamper
from tests.security.site import AttackSucceeded, Site

NUMBER = "1.6"
NAME = "trail"

EVENT = (
    "INSERT INTO common_auditevent (institution_id, at, verb, subject_type, reason, detail, reference, actor_name)"
    " VALUES ({home}, now() - interval '3 days', 'x', '', '', '{{}}', '', '')"
)
RECORDING = (
    "INSERT INTO common_recording (institution_id, number, instant, actor_id, actor_name, reason)"
    " SELECT institution_id, {number}, {instant}, actor_id, '', 'x' FROM common_recording WHERE institution_id = {home}"
    " ORDER BY number LIMIT 1"
)
BY_THE_APPLICATION = (
    "TRUNCATE {table} CASCADE",
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "DROP TABLE {table} CASCADE",
    "UPDATE {table} SET id = -id",
    "DELETE FROM {table}",
)
KEPT = (
    "common_auditevent", "common_auditseal", "common_recording", "enrollment_studentperiod", "people_personfacts",
    "reporting_frozenreturn", "reporting_returndifference", "reporting_publishedfigure",
)  # fmt: skip
ELSE_BY_THE_APPLICATION = (
    "SET session_replication_role = replica",
    "SET ROLE {owner}",
    "CREATE OR REPLACE FUNCTION ceportal_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    RECORDING.format(home="{home}", number=2, instant="now()"),
    RECORDING.format(
        home="{home}", number="(SELECT max(number) + 1 FROM common_recording)", instant="now() - interval '1 day'"
    ),
    "UPDATE reporting_statisticsrun SET digest = 'x'",
    "UPDATE reporting_slicefigures SET values = '{{}}'",
    "DELETE FROM django_migrations",
)
LAST = "SELECT max(position) FROM common_auditseal WHERE institution_id = {home}"
BY_THE_OWNER = {
    "the tail was cut": "DELETE FROM common_auditseal WHERE institution_id = {home} AND position > (" + LAST + ") - 3",
    "all was sealed anew": "DELETE FROM common_auditseal",
    "a table was emptied": "TRUNCATE common_auditseal, common_auditevent CASCADE",
    "an event was changed": "UPDATE common_auditevent SET reason = 'y' WHERE id = (SELECT min(id) FROM common_auditevent)",
    "an event was put in with an earlier time": EVENT,
    "a recording was changed": "UPDATE common_recording SET instant = instant - interval '1 day' WHERE number = 2",
    "a recording was removed": "DELETE FROM common_recording WHERE number = 2",
    "a recording was put in": RECORDING.format(home="{home}", number=0, instant="now() - interval '3 days'"),
    "a recorded row was changed": "UPDATE enrollment_studentperiod SET state = 'withdrawn' WHERE id = (SELECT min(id)"
    " FROM enrollment_studentperiod)",
    "a recorded row was removed": "DELETE FROM people_personfacts WHERE id = (SELECT min(id) FROM people_personfacts)",
}  # fmt: skip


def run(site: Site) -> int:
    begun = site.requests
    frozen = _a_frozen_return(site)
    tried = _by_the_application(site)
    with tempfile.TemporaryDirectory() as folder, override_settings(AUDIT_HEADS=f"file://{folder}/heads"):
        seal_audit_events()
        keep_heads()
        before = set(verify_audit_chain(kept_heads()))  # other attacks may have altered rows on the same site
        for name, statement in BY_THE_OWNER.items():
            _must_be_found(name, statement.format(home=site.home.pk), before)
    _figures_are_told(site, frozen)
    return site.requests - begun + tried


def _a_frozen_return(site: Site) -> FrozenReturn:
    by = site.users["registrar"]
    figures = compute_run(run_for(site.home, dt.date(2025, 9, 1), by=by).pk)
    return freeze_return(figures, title="2025", by=by)


def _by_the_application(site: Site) -> int:
    """In the strongest role that an intruder of the application has: its sign-in at the database."""
    owner = connection.settings_dict["USER"]
    statements = [one.format(table=table) for table in KEPT for one in BY_THE_APPLICATION]
    statements += [one.format(home=site.home.pk, owner=owner) for one in ELSE_BY_THE_APPLICATION]
    intruder = psycopg2.connect(with_name(settings.DATABASE_URL, connection.settings_dict["NAME"]))
    try:
        for statement in statements:
            _must_be_refused(intruder, statement)
    finally:
        intruder.close()
    return len(statements)


def _must_be_refused(intruder: "psycopg2.extensions.connection", statement: str) -> None:
    try:
        with intruder.cursor() as cursor:
            cursor.execute(statement)
            done = cursor.rowcount
    except psycopg2.Error:
        done = 0
    finally:
        intruder.rollback()
    if done:
        raise AttackSucceeded(f"the application's role may: {statement}")


def _must_be_found(name: str, statement: str, before: set[ChainFault]) -> None:
    with _undone():
        tamper(statement)
        seal_audit_events()
        if not set(verify_audit_chain(kept_heads())) - before:
            raise AttackSucceeded(f"{name} and nobody saw it")


@contextmanager
def _undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _figures_are_told(site: Site, frozen: FrozenReturn) -> None:
    figures = StatisticsRun.objects.get(digest=frozen.digest, institution=site.home)
    pages = {
        reverse("admin:reporting_frozenreturn_change", args=(frozen.public_id,)): (
            "UPDATE reporting_frozenreturn SET figures = jsonb_set(figures, '{{\"\",0,1,deg.stock}}', '{0}')", 41, 40,
        ),
        reverse("admin:reporting_statisticsrun_change", args=(figures.public_id,)): (
            "UPDATE reporting_slicefigures SET values = jsonb_set(values, '{{deg.stock}}', '{0}') WHERE breakdown = ''", 41, 40,
        ),
    }  # fmt: skip
    for path, (statement, false, true) in pages.items():
        _warns(site, path, expected=False)
        tamper(statement.format(false))
        try:
            _warns(site, path, expected=True)
        finally:
            tamper(statement.format(true))
    if not Notice.objects.filter(kind="figures_changed", user=site.users["auditor"]).exists():
        raise AttackSucceeded("figures were changed and no auditor was told")


def _warns(site: Site, path: str, *, expected: bool) -> None:
    for language, words in (("en", "These figures have been changed since"), ("zh-hans", "这些数字此后被改动过")):
        page = site.browser("registrar", language).get(path)
        if page.status != 200:
            raise RuntimeError(f"{path} answers {page.status}")
        if (words in page.text) is not expected:
            raise AttackSucceeded(f"a page shows changed figures without a word, in {language}")
