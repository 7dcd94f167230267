"""What the clock starts in this app."""

from celery.schedules import crontab

from common.clock import CLOCK, ClockLine

CLOCK.register(
    ClockLine("centers", "learning_centers.project_centers", crontab(hour=0, minute=2)),
    ClockLine("filings", "learning_centers.tell_of_lapsing_filings", crontab(hour=7, minute=0)),
)
