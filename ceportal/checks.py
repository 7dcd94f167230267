"""Combinations of settings that must not go live, and what the database must be able to do."""

import base64
import binascii
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig, apps
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Info, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection, connections

from common.grants import GRANTS, ROLES
from common.menu import MENU, MENU_GROUPS
from common.verbs import VERBS
from people.models import User

KEY_BYTES = 32
SECRET_KEY_LENGTH = 50
LONGEST_IDLE_MINUTES, LONGEST_SESSION_HOURS = 120, 24


# A superuser is a member of every role.
MAY_ALTER = """
SELECT count(*) FROM pg_class
 WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND pg_has_role(current_user, relowner, 'MEMBER')
"""


def _error(number: int, message: str, hint: str) -> Error:
    return Error(message, hint=hint, id=f"ceportal.E{number:03}")


def _warning(number: int, message: str, hint: str) -> CheckMessage:
    return checks.Warning(message, hint=hint, id=f"ceportal.W{number:03}")


@register(Tags.security)
def production_is_not_a_demo(app_configs: Sequence[AppConfig] | None, **rest: Any) -> Iterable[CheckMessage]:
    """The production mode refuses what only the demo may have."""
    if not settings.PRODUCTION:
        return
    if settings.EMBEDDED_DATABASE:
        yield _error(
            1, "Production mode has no DATABASE_URL.", "The embedded PostgreSQL is for the demo and the tests."
        )
    if settings.EMBEDDED_BROKER:
        yield _error(2, "Production mode has no REDIS_URL.", "The embedded broker is for the demo and the tests.")
    elif not all(urlsplit(one).password for one in settings.REDIS_URL.split(";")):
        yield _error(
            22, "REDIS_URL has no password: whoever reaches the broker could give the worker orders.",
            "redis://:<password>@host:6379/0, and requirepass in the broker",
        )  # fmt: skip
    embedded = {_place(url) for url in settings.HOME.state().values() if isinstance(url, str) and "://" in url}
    if {_place(settings.DATABASE_URL), _place(settings.REDIS_URL)} & embedded:
        yield _error(7, "Production mode runs on the embedded stores of this folder.", "Name servers of your own.")
    if settings.DEMO_ACCOUNTS:
        yield _error(3, "Demo accounts are switched on in production mode.", "Remove DEMO_ACCOUNTS.")
    if settings.DEBUG:
        yield _error(4, "DEBUG is on in production mode.", "Remove DEBUG.")
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        yield _error(
            5, "ALLOWED_HOSTS does not name the hosts of this site.", "ALLOWED_HOSTS=ce.example.edu.cn,localhost"
        )
    yield from _letters_lead_home()


def _letters_lead_home() -> Iterable[CheckMessage]:
    """A site that mails must know its own address, and who writes."""
    if not settings.MAIL_NOTICES:
        return
    address = urlsplit(settings.SITE_ADDRESS)
    if (
        address.scheme != ("https" if settings.HTTPS_ONLY else address.scheme or "-")
        or not address.hostname
        or address.path
    ):
        yield _error(8, "SITE_ADDRESS is not the address of this site, so letters would lead nowhere.",
                     "SITE_ADDRESS=https://ce.example.edu.cn")  # fmt: skip
    if settings.DEFAULT_FROM_EMAIL.endswith("@localhost"):
        yield _error(9, "MAIL_FROM does not say who writes the letters.", "MAIL_FROM=ceportal@ce.example.edu.cn")


@register(Tags.security)
def secrets_are_strong(app_configs: Sequence[AppConfig] | None, **rest: Any) -> Iterable[CheckMessage]:
    """Keys are there, long enough, and not used twice."""
    try:
        secret = settings.SECRET_KEY
    except ImproperlyConfigured:  # Django does not give out an empty one
        secret = ""
    if len(secret) < SECRET_KEY_LENGTH or len(set(secret)) < 10:
        yield _error(
            10, f"SECRET_KEY is missing or weak (under {SECRET_KEY_LENGTH} characters).", "Generate a random one."
        )
    if not settings.FIELD_KEYS:
        yield _error(
            11, "FIELD_KEYS is missing: nothing personal could be stored.", "FIELD_KEYS=k1:<base64 of 32 bytes>"
        )
    names = [entry.partition(":")[0] for entry in settings.FIELD_KEYS]
    values = [entry.partition(":")[2] for entry in settings.FIELD_KEYS]
    if len(set(names)) < len(names) or not all(names):
        yield _error(12, "FIELD_KEYS: each key needs a name of its own.", "FIELD_KEYS=k2:…,k1:…")
    if any(len(_decoded(value)) != KEY_BYTES for value in values):
        yield _error(13, "FIELD_KEYS: a key is not the base64 of 32 bytes.", "openssl rand -base64 32")
    if len(_decoded(settings.FIELD_DIGEST_KEY)) != KEY_BYTES:
        yield _error(14, "FIELD_DIGEST_KEY is not the base64 of 32 bytes.", "openssl rand -base64 32")
    if settings.FIELD_DIGEST_KEY and settings.FIELD_DIGEST_KEY in values:
        yield _error(15, "FIELD_DIGEST_KEY is also a field key.", "One key for one purpose: generate another.")


@register(Tags.security)
def sessions_end(app_configs: Sequence[AppConfig] | None, **rest: Any) -> Iterable[CheckMessage]:
    """What guards a screen that is left alone has bounds that no setting lifts."""
    if not 1 <= settings.IDLE_MINUTES <= LONGEST_IDLE_MINUTES:
        yield _error(18, f"IDLE_MINUTES is not between 1 and {LONGEST_IDLE_MINUTES}.", "IDLE_MINUTES=30")
    if not 1 <= settings.SESSION_HOURS <= LONGEST_SESSION_HOURS:
        yield _error(19, f"SESSION_HOURS is not between 1 and {LONGEST_SESSION_HOURS}.", "SESSION_HOURS=10")


def _place(url: str) -> tuple[str, int | None]:
    """Host and port; all names of this machine are one."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return ("127.0.0.1" if host in ("localhost", "::1") else host, parts.port)


def _has_demo_accounts(alias: str) -> bool:
    # Before the first migration there is no table yet.
    known = User._meta.db_table in connections[alias].introspection.table_names()
    return known and User.objects.using(alias).filter(is_demo=True, is_active=True).exists()


def refuse_wrong_settings() -> None:
    """Keep a server from starting on settings that must not go live; raises ImproperlyConfigured with all reasons."""
    found = [*production_is_not_a_demo(None), *secrets_are_strong(None), *sessions_end(None)]
    if found:
        raise ImproperlyConfigured("\n".join(str(message) for message in found))


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


@register()
def grants_name_what_there_is(app_configs: Sequence[AppConfig] | None, **rest: Any) -> Iterable[CheckMessage]:
    """A misspelt role or right would grant nothing, and nobody would be told."""
    for grant in GRANTS.values():
        if grant.role not in ROLES:
            yield _error(40, f"{grant.name}: no app ships the role.", "ROLES.register(ShippedRole(…)) in grants.py")
        if grant.verb not in VERBS:
            yield _error(41, f"{grant.name}: no app has this verb.", "VERBS.register(Verb(…)) in verbs.py")


@register()
def menu_leads_somewhere(app_configs: Sequence[AppConfig] | None, **rest: Any) -> Iterable[CheckMessage]:
    """An entry of a misspelt group or model would be shown to nobody."""
    models = {model._meta.label_lower for model in apps.get_models()}
    for entry in MENU.values():
        if entry.group not in MENU_GROUPS:
            yield _error(
                42, f"{entry.name}: the menu has no group {entry.group}.", "MENU_GROUPS.register(MenuGroup(…))"
            )
        if not entry.label and entry.name not in models:
            yield _error(43, f"{entry.name}: there is no such model.", "MenuEntry(“app.model”, …) in menu.py")


@register(Tags.database)
def database_can_do_what_we_need(databases: Sequence[str] | None = None, **rest: Any) -> Iterable[CheckMessage]:
    """Asked at `migrate` and by `check --database default`."""
    for alias in databases or []:
        if settings.PRODUCTION and _has_demo_accounts(alias):
            yield _error(6, "There are active demo accounts in production.", "Deactivate them, or begin anew.")
        with connections[alias].cursor() as cursor:
            cursor.execute("SHOW server_encoding")
            if cursor.fetchone() != ("UTF8",):
                yield _error(20, "The database is not encoded in UTF8.", "createdb -T template0 -E UTF8")
            cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
            if cursor.fetchone():
                cursor.execute("SELECT show_trgm('王')")
                if not cursor.fetchone()[0]:
                    yield _error(
                        21,
                        "Names in Chinese cannot be searched: pg_trgm finds nothing in 王 under this database's locale.",
                        "createdb -T template0 --locale=C.UTF-8",
                    )


@register(Tags.security, deploy=True)
def application_owns_no_table(app_configs: Sequence[AppConfig] | None, **rest: Any) -> Iterable[CheckMessage]:
    """Whoever gets hold of the application must not be able to switch off what keeps history (docs/decisions/0068)."""
    hint = "A role of its own in DATABASE_URL, the owner of the tables in MIGRATE_DATABASE_URL for `manage.py migrate`."
    try:
        with connection.cursor() as cursor:
            cursor.execute(MAY_ALTER)
            owned = cursor.fetchone()[0]
    except OperationalError:
        yield Info("The database does not answer: who owns its tables is not known.", hint=hint, id="ceportal.I030")
    else:
        if owned:
            yield _warning(31, f"The application's role may alter {owned} tables and disable their triggers.", hint)


@register(Tags.security, deploy=True)
def trail_has_a_witness(app_configs: Sequence[AppConfig] | None, **rest: Any) -> Iterable[CheckMessage]:
    """Without heads kept outside, whoever owns the database can rewrite the whole audit trail unseen."""
    if settings.PRODUCTION and not settings.AUDIT_HEADS:
        yield _warning(
            32, "AUDIT_HEADS names no place outside the database.", "AUDIT_HEADS=syslog+tcp://log.example:601"
        )
