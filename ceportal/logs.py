"""Logs as JSON lines that hold no personal value.

Exceptions are logged without their message, since a database error quotes the row; numbers and addresses of persons are
blotted out of whatever a library says.
"""

import re
import sys
import traceback
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

# Identity numbers, residence permits and bank cards; mobile numbers; mail addresses.
PERSONAL = re.compile(r"(?<![\w-])\d{14,19}[0-9Xx]?(?![\w-])|(?<!\d)1[3-9]\d{9}(?!\d)|[\w.+-]+@[\w-]+\.[\w.]+")


def exception_without_values(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Replace exc_info by types and places: the messages of exceptions quote data."""
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    if isinstance(found, tuple):
        found = found[1]
    if isinstance(found, BaseException):
        event["exception"] = describe(found)
    event.pop("stack_info", None)
    return event


def describe(error: BaseException) -> list[str]:
    """An exception and its causes, latest first: type, then the places it came through, without a single value."""
    lines: list[str] = []
    seen: BaseException | None = error
    while seen is not None:
        lines.append(f"{type(seen).__module__}.{type(seen).__qualname__}")
        lines += places(seen.__traceback__)
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return lines


def places(trace: TracebackType | None) -> list[str]:
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]


def without_path(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Django says "Not Found: /what/was/asked"; our own line for the request has the route instead."""
    if event.get("logger") == "django.request" and isinstance(event.get("event"), str):
        event["event"] = event["event"].partition(":")[0]
    return event


def without_personal_numbers(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """The last net: whatever a library logs, no number or address of a person leaves."""
    return {key: PERSONAL.sub("•", value) if isinstance(value, str) else value for key, value in event.items()}


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.PositionalArgumentsFormatter(),
    exception_without_values,
    without_path,
    without_personal_numbers,
]


def logging_configuration(level: str) -> dict[str, Any]:
    """For `LOGGING`: one JSON object a line on stderr, from structlog and from the standard library alike."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.JSONRenderer(ensure_ascii=False),
                ],
                "foreign_pre_chain": SHARED,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            "axes": {"level": "ERROR"},  # its messages name users; its table keeps the attempts
            "celery": {"level": "WARNING"},
            "kombu": {"level": "WARNING"},
        },
    }
