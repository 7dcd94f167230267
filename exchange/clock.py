"""What the clock starts in this app."""

from celery.schedules import crontab

from common.clock import CLOCK, ClockLine

CLOCK.register(
    ClockLine("ring-again", "exchange.ring_again", 15.0, expires=30),
    ClockLine("import-files", "exchange.expire_files", crontab(hour=3, minute=20)),
)
