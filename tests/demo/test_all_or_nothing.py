import pytest

from demo.loading import load_institution
from demo.students import StudentBody
from learning_centers.models import Institution
from people.models import User


@pytest.mark.django_db
def test_a_load_that_breaks_off_leaves_nothing(monkeypatch):
    def break_off(*_args, **_kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(StudentBody, "enter", break_off)
    with pytest.raises(KeyboardInterrupt):
        load_institution("hnust", by=User.objects.system(), scale=0.01)
    assert not Institution.objects.exists()
