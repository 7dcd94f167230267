import gc

import pytest
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.utils import translation

from ceportal.owning import application_role, as_owner, is_separate
from tests.owning import AS_OWNER
from tests.worker import Worker

FILLED_BY_MIGRATIONS = {"learning_centers_region"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Modules with slow tests come first, so that at the end no worker waits for the other."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_collection_finish() -> None:
    """All that was imported stays anyway: it need not be searched for garbage again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def what_migrations_filled_stays():
    """The flush after a test with transactions of its own leaves code tables as the migrations made them.

    The owner empties the rest: the application may not, and the tables refuse it.
    """
    flush = DatabaseOperations.sql_flush

    def sparing(self, style, tables, **terms):
        emptied = [table for table in tables if table not in FILLED_BY_MIGRATIONS]
        return [*AS_OWNER, *flush(self, style, emptied, **terms)]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(DatabaseOperations, "sql_flush", sparing)
        yield


@pytest.fixture(scope="session")
def made_by_the_owner(django_db_blocker):
    """The suite signs in as the owner of the tables, who makes its database and takes it away."""
    with django_db_blocker.unblock(), as_owner():
        yield


@pytest.fixture(scope="session")
def django_db_setup(made_by_the_owner, django_db_setup):
    """Tests work in the role of the application; what they do to the database as its owner, they say (`tests.owning`)."""
    if not is_separate():
        yield
        return
    options, kept = connection.settings_dict["OPTIONS"], connection.settings_dict["OPTIONS"]["options"]
    options["options"] = f"{kept} -c role={application_role()}"
    connection.close()
    yield
    options["options"] = kept
    connection.close()


@pytest.fixture(autouse=True)
def each_test_speaks_english_first():
    """A page that was read in Chinese leaves its language behind in the thread."""
    translation.deactivate()


@pytest.fixture
def worker(transactional_db, tmp_path):
    """A real Celery worker that runs already; `worker.kill()` and `worker.start()` at will."""
    process = Worker(tmp_path / "worker.log")
    process.broker.flushdb()
    yield process.start()
    process.stop()
