from common.verbs import VERBS, Verb

VERBS.register(Verb("toy_line.wind_up", "wind up a toy", formerly=("toy_line.turn_key",)))
