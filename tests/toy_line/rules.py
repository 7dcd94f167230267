from common.rules import CHOSEN, RULES, Rule

RULES.register(Rule("toy_turns", "Turns of a key", int, 3, CHOSEN, "turns", least=1, most=9, formerly=("key_turns",)))
