"""What can be seen from outside: structured logs that carry a reference and no personal data.

The reference of a request is in its log lines, its audit events, its error page and the header X-Request-ID; a job that the
request rings carries it on. Logged are routes without their query, since people search for names (see also ceportal.logs).
"""

import secrets
import time
from collections.abc import Callable
from typing import Any

import structlog
from celery import signals
from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bind_contextvars, bound_contextvars, clear_contextvars

from common import audit

HEADER = "reference"

log = structlog.get_logger("ceportal")


def new_reference() -> str:
    """Short enough to read out over the telephone."""
    return secrets.token_hex(6)


class ReferenceMiddleware:
    """Gives each request its reference and writes its one log line."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reference = new_reference()
        request.reference = reference  # type: ignore[attr-defined]
        token = audit.reference.set(reference)
        started = time.monotonic()
        try:
            with bound_contextvars(reference=reference):
                response = self.get_response(request)
                self._write(request, response, time.monotonic() - started)
        finally:
            audit.reference.reset(token)
        response["X-Request-ID"] = reference
        return response

    def _write(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        match = request.resolver_match
        user = getattr(request, "_cached_user", None)  # never a query only for the log
        write = log.error if response.status_code >= 500 else log.info
        write(
            "request",
            method=request.method,
            route=match.route if match else None,
            status=response.status_code,
            milliseconds=round(seconds * 1000),
            user=user.pk if user else None,
        )


# -- Celery: the message carries the reference of whoever rang


@signals.before_task_publish.connect
def send_reference(headers: dict[str, Any] | None = None, **rest: Any) -> None:
    if headers is not None and (reference := audit.reference.get()):
        headers[HEADER] = reference


@signals.task_prerun.connect
def begin_task(task_id: str, task: Any, args: Any = None, **rest: Any) -> None:
    clear_contextvars()
    reference = getattr(task.request, HEADER, None) or new_reference()
    audit.reference.set(reference)
    bind_contextvars(reference=reference, task=task.name, task_id=task_id, job=args[0] if args else None)


@signals.task_postrun.connect
def end_task(state: str | None = None, **rest: Any) -> None:
    log.info("task", state=state)
    audit.reference.set("")
    clear_contextvars()


@signals.task_failure.connect
def fail_task(einfo: Any = None, exception: BaseException | None = None, **rest: Any) -> None:
    if exception:
        log.error("task failed", exc_info=exception)
