"""`python -m ceportal.stores stop|clean`: for when the environment is too young or too old for manage.py."""

import sys

from ceportal.stores import Home, remove, stop


def clean(home: Home) -> None:
    """Stop the stores of this checkout and remove all that they hold, those of the suite and of simulations first."""
    for each in (home.of_the_suite, *home.of_simulations, home):
        remove(each)


if __name__ == "__main__":
    actions = {"stop": stop, "clean": clean}
    if len(sys.argv) != 2 or sys.argv[1] not in actions:
        sys.exit(f"one of: {', '.join(actions)}")
    actions[sys.argv[1]](Home.default())
