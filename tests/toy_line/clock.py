from common.clock import CLOCK, ClockLine

CLOCK.register(ClockLine("toys", "toy_line.run_down", 30.0, expires=60))
