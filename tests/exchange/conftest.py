import pytest
from django.db import transaction

from tests.exchange.importing import import_base
from tests.sweeping import sweep


@pytest.fixture(scope="module")
def base_is_imported(django_db_setup, django_db_blocker):
    """The samples' starting state, built once a module by the real import; tests roll their own changes back."""
    with django_db_blocker.unblock():
        with transaction.atomic():
            yield import_base()
            transaction.set_rollback(True)
        sweep()
