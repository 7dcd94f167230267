"""What the clock starts: each app registers its lines in `clock.py`; and the lines of this app."""

from dataclasses import dataclass
from typing import Any

from celery.schedules import crontab

from common.registry import Registry


@dataclass(frozen=True)
class ClockLine:
    """`task` is the name of a task, `at` a `crontab` or a number of seconds between two ticks.

    A tick that no worker took within `expires` seconds is dropped: the next one does the same work.
    """

    name: str
    task: str
    at: crontab | float
    expires: int | None = None


CLOCK: Registry[ClockLine] = Registry("line of the clock")


def schedule() -> dict[str, dict[str, Any]]:
    """All lines as Celery's `beat_schedule`."""
    return {
        line.name: {
            "task": line.task,
            "schedule": line.at,
            "options": {"expires": line.expires} if line.expires else {},
        }
        for line in CLOCK.values()
    }


CLOCK.register(ClockLine("seal-audit-events", "common.seal_audit_events", 60.0, expires=120))
