"""Two people who write the same at the same moment: the database lets one of them, and the other is told so."""

from collections.abc import Callable

import structlog
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from psycopg2 import errors

from ceportal.errors import conflict

AT_THE_SAME_MOMENT = (errors.UniqueViolation, errors.ExclusionViolation, errors.DeadlockDetected)

log = structlog.get_logger("ceportal")


class ConflictMiddleware:
    """Answers 409 where services could not see what another transaction was writing; every rule that they can see has its
    own refusal."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        cause = exception.__cause__
        if not (isinstance(exception, DatabaseError) and isinstance(cause, AT_THE_SAME_MOMENT)):
            return None
        # the database's own sentence would quote the values
        log.error("conflict", kind=type(cause).__name__, constraint=cause.diag.constraint_name)
        return conflict(request)
