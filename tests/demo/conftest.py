import pytest
from django.db import transaction

from demo.loading import load_institution
from people.models import User
from tests.sweeping import sweep


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The three institutions at a hundredth of their students, thrown away after the module."""
    with django_db_blocker.unblock():
        with transaction.atomic():
            by = User.objects.system()
            yield {name: load_institution(name, by=by, scale=0.01).institution for name in ("cup", "tsinghua", "hnust")}
            transaction.set_rollback(True)
        sweep()


@pytest.fixture
def cup(loaded, db):
    return loaded["cup"]


@pytest.fixture
def tsinghua(loaded, db):
    return loaded["tsinghua"]


@pytest.fixture
def hnust(loaded, db):
    return loaded["hnust"]
