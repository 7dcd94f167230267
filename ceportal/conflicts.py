"""Two people who write the same at the same moment: the database lets one of them, and the other is told so."""

from collections.abc import Callable

import structlog
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from psycopg2.errors import DeadlockDetected

from ceportal.errors import conflict
from common.laws import broken_constraint, is_taken

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
        if not (isinstance(exception, DatabaseError) and (is_taken(exception) or isinstance(cause, DeadlockDetected))):
            return None
        # the database's own sentence would quote the values
        log.error("conflict", kind=type(cause).__name__, constraint=broken_constraint(exception))
        return conflict(request)
