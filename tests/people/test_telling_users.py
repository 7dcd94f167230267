import pytest
from django.utils.translation import override

from common.access import can
from common.notices import NOTICES, sentence
from learning_centers.models import LearningCenter
from people.models import Notice, User
from people.services.notices import mark_read, notify, users_holding
from tests.builders import TODAY, a_center, a_school, a_student, a_user, an_institution, the_system

pytestmark = pytest.mark.django_db
RIGHT = "enrollment.approve_change"


@pytest.fixture
def home():
    return an_institution()


def test_whoever_holds_the_right_for_the_row_is_told_and_nobody_else(home):
    center, sister = a_center(home, "0101"), a_center(home, "0102")
    student = a_student(center)
    abroad = an_institution("10534", "湖南科技大学")
    places = {
        "registrar": home, "dean": a_school(home), "coordinator": center, "outsider": sister, "stranger": abroad,
    }  # fmt: skip
    for name, place in places.items():
        a_user(name, RIGHT, at=place)
    a_user("reader", "enrollment.view_students", at=home)
    a_user("gone", RIGHT, at=home, is_active=False)
    a_user("former", RIGHT, at=home).memberships.update(end=TODAY)
    the_system()
    holding = set(users_holding(RIGHT, student))
    assert {user.username for user in holding} == {"registrar", "dean", "coordinator"}
    assert holding == {user for user in User.objects.filter(is_system=False) if can(user, RIGHT, student)}
    assert {user.username for user in users_holding(RIGHT, center)} == {"registrar", "dean", "coordinator"}
    assert {user.username for user in users_holding(RIGHT, home)} == {"registrar"}


def test_what_counts_is_gathered_until_it_is_read(home):
    center, clerk = a_center(home), a_user("clerk")
    for count in (1, 4):
        notify([clerk], "applications_waiting", institution=home, subject=center, center="A", count=count)
    (notice,) = Notice.objects.all()
    assert notice.terms["count"] == 5
    assert sentence(notice.kind, notice.terms) == "5 applications of A wait for a decision."
    mark_read(by=clerk)
    notify([clerk], "applications_waiting", institution=home, subject=center, center="A")
    assert [one.terms["count"] for one in Notice.objects.order_by("id")] == [5, 1]


def test_a_centre_is_named_in_the_language_of_the_reader_whoever_caused_the_notice(home):
    center, clerk = a_center(home), a_user("clerk")
    LearningCenter.objects.filter(pk=center.pk).update(name="长沙学习中心", name_en="Changsha Learning Center")
    center.refresh_from_db()
    for causes in ("en", "zh-hans"):
        with override(causes):
            notify([clerk], "request_returned", institution=home, subject=center, center=center)
    for reads, name in (("en", "Changsha Learning Center"), ("zh-hans", "长沙学习中心")):
        with override(reads):
            assert all(name in sentence(one.kind, one.terms) for one in Notice.objects.all())


def test_other_matters_are_told_one_by_one(home):
    center, clerk = a_center(home), a_user("clerk")
    for _ in range(2):
        assert notify([clerk, clerk], "request_returned", institution=home, subject=center, center="A") == 1
    assert Notice.objects.count() == 2


def test_a_notice_without_its_terms_or_its_sentence_is_a_mistake(home):
    clerk = a_user("clerk")
    for kind in ("request_returned", "no_such_kind"):
        with pytest.raises(KeyError):
            notify([clerk], kind, institution=home)
    assert not Notice.objects.exists()


def test_everyone_reads_their_own(home):
    one, other = a_user("one"), a_user("other")
    notify([one, other], "request_approved", institution=home, center="A")
    assert mark_read(by=one, notices=Notice.objects.all()) == 1
    assert list(Notice.objects.visible_to(one).unread()) == []
    assert Notice.objects.visible_to(other).unread().count() == 1


@pytest.mark.parametrize("kind", NOTICES)
def test_every_kind_makes_a_sentence_of_its_terms(kind):
    terms = {name: 3 if name == "count" else f"«{name}»" for name in NOTICES[kind].terms}
    said = sentence(kind, terms)
    assert all(str(value) in said for value in terms.values())
