import pytest
from django.db import connection, transaction

from tests.exchange.importing import import_base


@pytest.fixture(scope="module")
def base_is_imported(django_db_setup, django_db_blocker):
    """The samples' starting state, built once a module by the real import; tests roll their own changes back.

    What was rolled back is swept up afterwards: its dead rows would slow every later test of the run.
    """
    with django_db_blocker.unblock():
        with transaction.atomic():
            yield import_base()
            transaction.set_rollback(True)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
