"""Settings of the suite: ceportal's own, in test mode.

Stores are started for it unless TEST_DATABASE_URL and TEST_REDIS_URL name others. Each run gets a fresh database; on
stores that were started here it is cloned from a template, migrated once per state of the migrations.
"""

import atexit
import os

from ceportal import stores
from tests.databases import migrated_template, with_name

os.environ["CEPORTAL_MODE"] = "test"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")

if not {"TEST_DATABASE_URL", "TEST_REDIS_URL"} <= os.environ.keys():
    HOME = stores.Home.default().of_the_suite
    before = stores.status(HOME)
    running = stores.start(HOME, throw_away=True)
    if not before.runs:
        atexit.register(stores.stop, HOME)
    if "TEST_DATABASE_URL" not in os.environ:
        os.environ["TEST_DATABASE_URL"] = running.database_url
        os.environ["TEST_MIGRATE_DATABASE_URL"] = running.migrate_database_url
    os.environ.setdefault("TEST_REDIS_URL", running.redis_url)
    os.environ["CEPORTAL_TEST_TEMPLATE"] = migrated_template(
        os.environ["TEST_DATABASE_URL"], os.environ.get("TEST_MIGRATE_DATABASE_URL", os.environ["TEST_DATABASE_URL"])
    )
if WORKER:  # parallel workers ring bells of their own
    os.environ["TEST_REDIS_URL"] = with_name(os.environ["TEST_REDIS_URL"], str(1 + int(WORKER.removeprefix("gw"))))

from ceportal.settings import *  # noqa: E402, F403 -- after the environment that it reads
from ceportal.settings import DATABASES  # noqa: E402

DATABASES["default"]["TEST"] = {"TEMPLATE": os.environ.get("CEPORTAL_TEST_TEMPLATE") or None}

# With next to no rows, finding the best order of many joins takes the server much longer than the joins themselves.
DATABASES["default"]["OPTIONS"]["options"] = "-c join_collapse_limit=4 -c from_collapse_limit=4"
# On a busy machine a statement of the suite may take longer than one of a real site.
STATEMENT_SECONDS = LOCK_SECONDS = 90
# A browser keeps its connections, and so the live server its threads: their sessions would outlive the database.
DATABASES["default"]["CONN_MAX_AGE"] = 0
