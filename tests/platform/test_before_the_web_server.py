"""The real nginx with the project's configuration before the real web server."""

import contextlib
import http.client
import socket
import time

import pytest
from axes.models import AccessAttempt
from django.core.exceptions import ImproperlyConfigured

from ceportal.forwarding import ForwardedMiddleware, networks
from tests.nginx import needs_nginx, nginx_before
from tests.silent import seconds_to_answer, silent_posts
from tests.web import web_server

MADE_UP = "198.51.100.7"


def seen(rf, settings, peer, **headers):
    settings.TRUSTED_PROXIES = networks(["10.0.0.2", "10.0.1.0/24"])
    request = rf.get("/", REMOTE_ADDR=peer, headers=headers)
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ForwardedMiddleware(lambda request: None)(request)
    return request.META["REMOTE_ADDR"], request.scheme


def test_the_address_and_the_scheme_are_those_that_the_proxy_names(rf, settings):
    said = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    assert seen(rf, settings, "10.0.0.2", **said) == ("203.0.113.9", "https")


def test_what_anybody_else_forwards_has_no_effect(rf, settings):
    said = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    assert seen(rf, settings, "203.0.113.66", **said) == ("203.0.113.66", "http")
    settings.TRUSTED_PROXIES = []
    request = rf.get("/", REMOTE_ADDR="10.0.0.2", headers=said | {"X-Real-IP": "1.1.1.1", "Forwarded": "for=1.1.1.1"})
    ForwardedMiddleware(lambda request: None)(request)
    assert not [name for name in request.META if "FORWARDED" in name or "REAL_IP" in name]


@pytest.mark.parametrize(
    ("said", "client"),
    [
        (f"{MADE_UP}, 203.0.113.9", "203.0.113.9"),
        ("203.0.113.9, 10.0.1.7", "203.0.113.9"),
        ("2001:db8::1", "2001:db8::1"),
        ("", "10.0.0.2"),
        ("unknown", "10.0.0.2"),
        ("10.0.1.7", "10.0.0.2"),
    ],
)
def test_of_a_list_counts_the_last_address_that_is_none_of_our_proxies(rf, settings, said, client):
    assert seen(rf, settings, "10.0.0.2", **{"X-Forwarded-For": said})[0] == client


@pytest.mark.parametrize("said", ["true", "nginx", "10.0.0.1/8"])
def test_a_proxy_is_named_by_its_address(said):
    with pytest.raises(ImproperlyConfigured, match="TRUST_PROXY"):
        networks([said])


@needs_nginx
@pytest.mark.slow
def test_bodies_that_do_not_come_hold_up_nobody(transactional_db):
    with web_server(threads=4) as web, nginx_before(web) as port, silent_posts(port, 50):
        assert max(seconds_to_answer(port) for _each in range(5)) < 5


@needs_nginx
@pytest.mark.slow
def test_who_asks_is_what_nginx_sees_and_not_what_is_made_up(transactional_db):
    with web_server(TRUST_PROXY="127.0.0.1") as web, nginx_before(web) as port:
        assert failed_sign_in(port, {"X-Forwarded-For": MADE_UP, "X-Real-IP": MADE_UP}) == "127.0.0.1"
        with nginx_before(web, proxy_before="127.0.0.1/32") as believing:
            assert failed_sign_in(believing, {"X-Forwarded-For": MADE_UP}) == MADE_UP


@needs_nginx
@pytest.mark.slow
def test_the_scheme_is_that_of_the_connection_unless_the_proxy_before_says_so(transactional_db):
    said = {"X-Forwarded-Proto": "https"}
    with web_server(TRUST_PROXY="127.0.0.1", HTTPS_ONLY="true") as web, nginx_before(web) as port:
        assert answer(port, "GET", "/portal/sign-in/", said).status == 301
        with nginx_before(web, proxy_before="127.0.0.1/32") as believing:
            assert answer(believing, "GET", "/portal/sign-in/", said).status == 200


@needs_nginx
@pytest.mark.slow
def test_who_says_nothing_is_cut_off_and_one_address_has_its_share_only(transactional_db):
    with web_server() as web, nginx_before(web) as port:
        with silent_posts(port, 120) as sockets:
            refused = [one for one in sockets if b" 429 " in peeked(one)]
            assert len(refused) >= 20
        with socket.create_connection(("127.0.0.1", port)) as slow:
            slow.sendall(b"GET / HTTP/1.1\r\nHost:")
            slow.settimeout(20)
            begun = time.monotonic()
            with contextlib.suppress(ConnectionResetError):
                while slow.recv(1000):
                    pass
            assert 5 < time.monotonic() - begun < 15


def peeked(one):
    one.settimeout(0.1)
    try:
        return one.recv(100)
    except TimeoutError:
        return b""


def answer(port, method, path, headers, body=None):
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    client.request(method, path, body, {"Host": "localhost"} | headers)
    found = client.getresponse()
    found.read()
    return found


def failed_sign_in(port, headers):
    """The address that is kept of a wrong password."""
    AccessAttempt.objects.all().delete()
    page = answer(port, "GET", "/portal/sign-in/", headers)
    token = page.headers["Set-Cookie"].partition("csrftoken=")[2].partition(";")[0]
    form = {"Cookie": f"csrftoken={token}", "Content-Type": "application/x-www-form-urlencoded"}
    body = f"username=nobody&password=wrong&csrfmiddlewaretoken={token}"
    assert answer(port, "POST", "/portal/sign-in/", headers | form, body).status == 200
    return AccessAttempt.objects.get().ip_address
