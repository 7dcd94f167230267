import datetime as dt
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from people.models import Notice
from people.services.mailing import MOST_TRIES, mail_notices
from people.services.notices import mark_read, notify
from tests.builders import a_center, a_user, an_institution

pytestmark = pytest.mark.django_db
URL = "https://ce.example.edu.cn"


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_ADDRESS, settings.MAIL_NOTICES = URL, True


@pytest.fixture
def home():
    return an_institution()


def someone(name: str = "clerk", **fields):
    return a_user(name, **{"email": f"{name}@example.cn", "language": "en", **fields})


def tell(user, *kinds: str) -> None:
    for kind in kinds:
        notify([user], kind, institution=an_institution(), center="4301")


def failing(error):
    def send(self, *args, **terms):
        raise error

    return send


def test_one_letter_holds_all_that_is_new_and_goes_once(home):
    clerk = someone()
    tell(clerk, "request_returned", "consent_asked")
    assert mail_notices() == 1
    assert mail_notices() == 0
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["clerk@example.cn"], "2 notices in ceportal")
    assert "A request of 4301 came back" in letter.body
    assert URL + reverse("notices") in letter.body
    assert Notice.objects.first().public_id != Notice.objects.last().public_id
    assert letter.extra_headers["Message-ID"] == f"<{Notice.objects.last().public_id}@ce.example.edu.cn>"


def test_the_letter_is_in_the_language_of_its_reader(home, settings):
    settings.MAIL_LANGUAGE = "en"
    tell(someone(language=""), "consent_asked")
    mail_notices()
    assert mail.outbox[0].subject == "1 notice in ceportal"


def test_no_letter_for_whoever_has_read_or_left_or_has_no_address(home):
    read, gone, silent = someone("read"), someone("gone", is_active=False), someone("silent", email="")
    for user in (read, gone, silent):
        tell(user, "request_returned")
    mark_read(by=read)
    assert mail_notices() == 0


def test_old_news_is_not_mailed(home):
    tell(someone(), "request_returned")
    assert mail_notices(timezone.now() + dt.timedelta(days=4)) == 0


def test_a_silent_server_is_asked_again_without_end(home, monkeypatch):
    tell(someone(), "request_returned")
    with monkeypatch.context() as patched:
        patched.setattr(mail.EmailMessage, "send", failing(SMTPServerDisconnected()))
        assert [mail_notices() for _ in range(MOST_TRIES + 1)] == [0] * (MOST_TRIES + 1)
    assert mail_notices() == 1


def test_a_refused_letter_does_not_keep_the_others_and_is_given_up(home, monkeypatch):
    refused, fine = someone("refused"), someone("fine")
    tell(refused, "request_returned")
    tell(fine, "request_returned")
    send = mail.EmailMessage.send

    def picky(self, *args, **terms):
        if self.to == ["refused@example.cn"]:
            raise SMTPRecipientsRefused({})
        return send(self, *args, **terms)

    monkeypatch.setattr(mail.EmailMessage, "send", picky)
    assert [mail_notices() for _ in range(MOST_TRIES + 1)] == [1, *[0] * MOST_TRIES]
    assert Notice.objects.get(user=refused).mail_tries == MOST_TRIES


def test_what_was_sent_before_the_run_was_killed_is_not_sent_again(home, monkeypatch):
    for name in ("a", "b", "c"):
        tell(someone(name), "request_returned")
    send = mail.EmailMessage.send

    def killed_at_the_second(self, *args, **terms):
        if mail.outbox:
            raise KeyboardInterrupt
        return send(self, *args, **terms)

    with monkeypatch.context() as patched:
        patched.setattr(mail.EmailMessage, "send", killed_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            mail_notices()
    assert mail_notices() == 2
    assert sorted(letter.to[0][0] for letter in mail.outbox) == ["a", "b", "c"]


def test_a_site_without_a_server_mails_nothing(home, settings):
    settings.MAIL_NOTICES = False
    tell(someone(), "request_returned")
    assert mail_notices() == 0
    assert not mail.outbox


def test_the_registrar_reads_and_marks_their_own(home, client):
    registrar = a_user("registrar", "admin.enter", "learning_centers.view_centers", at=home)
    other = a_user("other", "admin.enter", at=home)
    center = a_center(home)
    notify([registrar, other], "consent_asked", institution=home, subject=center, center="4301")
    client.force_login(registrar, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("notices")).url == reverse("admin:notices")
    page = client.get(reverse("admin:notices")).content.decode()
    assert "4301 is asked whether it agrees" in page
    own, theirs = (Notice.objects.get(user=user) for user in (registrar, other))
    follow = reverse("admin:notice", args=[own.public_id])
    assert follow in page
    assert ">1 notice<" in client.get(reverse("admin:index")).content.decode()
    assert client.get(reverse("admin:notice", args=[theirs.public_id])).status_code == 404
    assert client.get(follow).url == reverse("admin:learning_centers_learningcenter_change", args=[center.public_id])
    assert [Notice.objects.get(pk=one.pk).read_at is None for one in (own, theirs)] == [False, True]
    notify([registrar], "request_approved", institution=home, center="4301")
    client.post(reverse("admin:notices"))
    assert not Notice.objects.filter(user=registrar).unread().exists()
    assert Notice.objects.filter(user=other).unread().count() == 1


def test_a_coordinator_follows_a_notice_and_has_read_it(home, client):
    center = a_center(home)
    coordinator, other = (a_user(name, "portal.enter", at=center) for name in ("coordinator", "other"))
    for user in (coordinator, other):
        notify([user], "export_ready", institution=home, subject=center, rows=3)
    own, theirs = (Notice.objects.get(user=user) for user in (coordinator, other))
    client.force_login(coordinator, backend="django.contrib.auth.backends.ModelBackend")
    assert reverse("portal:notice", args=[own.public_id]) in client.get(reverse("portal:notices")).content.decode()
    assert client.get(reverse("portal:notice", args=[theirs.public_id])).status_code == 404
    assert client.get(reverse("portal:notice", args=[own.public_id])).url == reverse("portal:exports")
    assert list(Notice.objects.unread()) == [theirs]
