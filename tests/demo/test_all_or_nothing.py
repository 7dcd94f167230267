import pytest
from django.core.management import CommandError, call_command

from demo.loading import load_institution
from demo.students import StudentBody
from learning_centers.models import Institution, LearningCenter
from learning_centers.services import found_institution
from people.models import User


@pytest.mark.django_db
def test_a_load_that_breaks_off_leaves_nothing(monkeypatch):
    def break_off(*_args, **_kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(StudentBody, "enter", break_off)
    with pytest.raises(KeyboardInterrupt):
        load_institution("hnust", by=User.objects.system(), scale=0.01)
    assert not Institution.objects.exists()


@pytest.mark.django_db
def test_an_institution_that_came_by_a_file_is_not_loaded_over():
    found_institution("10534", "湖南科技大学", by=User.objects.system())
    with pytest.raises(CommandError):
        call_command("load_institution", "hnust", "--scale", "0.01")
    assert not LearningCenter.objects.exists()
