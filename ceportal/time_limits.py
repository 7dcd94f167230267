"""How long a request may keep the database busy: one statement has some seconds, by path, and so has the wait for a lock. The
worker and the shell know no such limit.

Behind a pooler of transactions the limits belong into its own settings as well: a statement may run on another connection there.
"""

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from psycopg2 import errors

from ceportal.errors import took_too_long

MOST_LOGGED = 500
OUT_OF_TIME = (errors.QueryCanceled, errors.LockNotAvailable)

log = structlog.get_logger("ceportal")
_limits: WeakKeyDictionary[Any, int] = WeakKeyDictionary()
"""Connection → the seconds that were set on it."""


class TimeLimitMiddleware:
    """Sets the limits with the first statement of a request, where the connection does not have them yet, and answers 503 where
    one was reached: the transaction was taken back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with connection.execute_wrapper(Limit(seconds_for(request.path_info))):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        cause = exception.__cause__
        if not (isinstance(exception, DatabaseError) and isinstance(cause, OUT_OF_TIME)):
            return None
        return took_too_long(request)


def seconds_for(path: str) -> int:
    factor = next((one for prefix, one in settings.STATEMENT_FACTORS.items() if path.startswith(prefix)), 1)
    return settings.STATEMENT_SECONDS * factor


class Limit:
    """Of one request: asks at its first statement, which is the session's, and never inside of what may have failed."""

    def __init__(self, seconds: int) -> None:
        self.seconds, self.is_set = seconds, False

    def __call__(self, execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        if not self.is_set:
            self._set(context["connection"])
            self.is_set = True
        try:
            return execute(sql, parameters, many, context)
        except DatabaseError as error:
            if isinstance(error.__cause__, OUT_OF_TIME):  # the statement without its values
                log.error("out_of_time", kind=type(error.__cause__).__name__, statement=str(sql)[:MOST_LOGGED])
            raise

    def _set(self, connection: Any) -> None:
        """What is set inside a transaction goes with it when it is taken back, so it is not counted on."""
        known = connection.connection
        if _limits.get(known) == self.seconds:
            return
        with known.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = '{self.seconds}s'; SET lock_timeout = '{settings.LOCK_SECONDS}s'")
        if not connection.in_atomic_block:
            _limits[known] = self.seconds
