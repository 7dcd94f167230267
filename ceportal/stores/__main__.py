"""`python -m ceportal.stores stop|clean`: for when the environment is too young or too old for manage.py."""

import shutil
import sys

from ceportal.stores import Home, stop


def clean(home: Home) -> None:
    """Stop the stores of this checkout and remove all that they hold, also where `var/stores` is a link."""
    for each in (Home(home.folder / "test"), home):
        stop(each)
        shutil.rmtree(each.servers.resolve(), ignore_errors=True)
        shutil.rmtree(each.folder, ignore_errors=True)


if __name__ == "__main__":
    actions = {"stop": stop, "clean": clean}
    if len(sys.argv) != 2 or sys.argv[1] not in actions:
        sys.exit(f"one of: {', '.join(actions)}")
    actions[sys.argv[1]](Home.default())
