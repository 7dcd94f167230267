"""What the clock starts in this app."""

from celery.schedules import crontab

from common.clock import CLOCK, ClockLine

CLOCK.register(
    ClockLine("changes-of-the-day", "enrollment.begin_day", crontab(hour=0, minute=4)),
    ClockLine("lists", "enrollment.compute_lists", crontab(hour=0, minute=30)),
    ClockLine("scans", "enrollment.erase_old_scans", crontab(hour=3, minute=30)),
)
