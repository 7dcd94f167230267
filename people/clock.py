"""What the clock starts in this app."""

from celery.schedules import crontab

from common.clock import CLOCK, ClockLine

CLOCK.register(
    ClockLine("letters", "people.mail_notices", 120.0, expires=120),
    ClockLine("trail", "people.watch_trail", crontab(hour=2, minute=40)),
    ClockLine("exports", "people.expire_exports", crontab(hour=3, minute=25)),
    ClockLine("disclosures", "people.forget_disclosures", crontab(hour=3, minute=40)),
    ClockLine("unsent-forms", "people.forget_unsent_forms", crontab(hour=3, minute=40)),
    ClockLine("sign-ins", "people.forget_sign_ins", crontab(minute=45)),
)
