"""`python -m tests.security [1.3 …]`: starts a site and attacks it, one attack for each number of the list of promises.

Prints a line each (`1.3 filters: held, 412 requests`); the exit code is 1 if one did not hold.
"""

import importlib
import os
import pkgutil
import sys
import tempfile
import time
import traceback
from types import ModuleType

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
os.environ.pop("PYTEST_XDIST_WORKER", None)  # a broker's database of its own, also beside a suite that runs

from django.conf import settings
from django.db import connection
from django.test.utils import override_settings

from benchmarks.databases import prepared
from tests.databases import with_name
from tests.security import attacks
from tests.security.site import AttackSucceeded, Site, started_site

BROKERS_DATABASE = "9"


def the_attacks(numbers: list[str]) -> list[ModuleType]:
    found = [
        importlib.import_module(f"{attacks.__name__}.{one.name}") for one in pkgutil.iter_modules(attacks.__path__)
    ]
    found.sort(key=lambda attack: [int(part) for part in attack.NUMBER.split(".")])
    return [attack for attack in found if not numbers or attack.NUMBER in numbers]


def hold_against(attack: ModuleType, site: Site) -> bool:
    site.requests, begun = 0, time.monotonic()
    try:
        attack.run(site)
    except AttackSucceeded as gap:
        outcome = f"DID NOT HOLD: {gap}"
    except Exception:
        outcome = f"DID NOT RUN: {traceback.format_exc()}"
    else:
        outcome = f"held, {site.requests} requests"
    print(f"{attack.NUMBER} {attack.NAME}: {outcome}, {time.monotonic() - begun:.1f} s", flush=True)
    return outcome.startswith("held")


def main(numbers: list[str]) -> int:
    connection.settings_dict["TEST"]["NAME"] = f"security_{os.getpid()}"
    with (
        tempfile.TemporaryDirectory() as media,
        override_settings(MEDIA_ROOT=media, REDIS_URL=with_name(settings.REDIS_URL, BROKERS_DATABASE)),
        prepared(),
        started_site() as site,
    ):
        results = [hold_against(attack, site) for attack in the_attacks(numbers)]
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
