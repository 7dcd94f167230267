"""What the clock starts in this app."""

from common.clock import CLOCK, ClockLine

CLOCK.register(
    ClockLine("canary", "ceportal.canary", 20.0, expires=60),
)
