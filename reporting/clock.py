"""What the clock starts in this app."""

from celery.schedules import crontab

from common.clock import CLOCK, ClockLine

CLOCK.register(
    ClockLine("statistics", "reporting.request_todays_runs", crontab(hour=0, minute=10)),
)
