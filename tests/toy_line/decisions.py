from common.access import can
from common.decisions import DECISIONS, Decision, DecisionSource, Line
from tests.toy_line.services import WIND_UP


def toys(user):
    if can(user, WIND_UP):
        yield Decision("A toy stands still", "", "warn", [Line("bear")])


DECISIONS.register(DecisionSource("toy_line.toys", 5, toys))
