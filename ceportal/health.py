"""Is this process alive (`/healthz`), and would it serve a person well (`/readyz`)?"""

import datetime as dt
from collections.abc import Callable
from typing import Any

import redis
import structlog
from celery import shared_task
from celery.signals import worker_ready
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

CANARY = "ceportal:canary"
CANARY_IS_FRESH = dt.timedelta(seconds=60)

log = structlog.get_logger("ceportal")


@shared_task(name="ceportal.canary", expires=CANARY_IS_FRESH.total_seconds())
def canary() -> None:
    """Beat rings it, the broker carries it, a worker that reaches the database answers it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    _broker().set(CANARY, timezone.now().isoformat())


@worker_ready.connect
def ring_at_once(**rest: Any) -> None:
    """A worker that has just come up need not wait for beat's next tick to be known as well."""
    canary.delay()


def _broker() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2, decode_responses=True)


def database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


_all_migrated = False


def migrations_are_applied() -> bool:
    # Reading all migration files is slow, and what this code once found applied stays applied.
    global _all_migrated  # noqa: PLW0603
    if not _all_migrated:
        executor = MigrationExecutor(connection)
        _all_migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _all_migrated


def broker_answers() -> bool:
    return bool(_broker().ping())


def canary_sang_lately() -> bool:
    sung = _broker().get(CANARY)
    return bool(sung) and timezone.now() - dt.datetime.fromisoformat(str(sung)) < CANARY_IS_FRESH


CHECKS: dict[str, Callable[[], bool]] = {
    "database": database_answers,
    "migrations": migrations_are_applied,
    "broker": broker_answers,
    "canary": canary_sang_lately,
}


def holds(name: str) -> bool:
    """Whether the named check holds; a store that does not answer is a no, and told to the log."""
    try:
        return CHECKS[name]()
    except (DatabaseError, redis.RedisError) as error:
        log.warning("not ready", check=name, exc_info=error)
        return False


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    found = {name: holds(name) for name in CHECKS}
    return JsonResponse(found, status=200 if all(found.values()) else 503)
