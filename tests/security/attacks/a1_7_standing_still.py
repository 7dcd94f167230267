"""Requests whose body does not come stand before nginx and hold up nobody; who asks is not what somebody says."""

from urllib.parse import urlsplit

from axes.models import AccessAttempt

from tests.nginx import PROGRAM, nginx_before
from tests.security.site import SIGN_IN, AttackSucceeded, Site
from tests.silent import seconds_to_answer, silent_posts
from tests.web import web_server

NUMBER = "1.7"
NAME = "the site stands still"
PATIENCE = 8.0
"""Seconds that a person waits for a page."""


def run(site: Site) -> int:
    before = site.requests
    if PROGRAM:
        with nginx_before(int(urlsplit(site.address).port or 0)) as port:
            for count in (8, 50):
                hold_still(site, port, count)
    else:
        print("no nginx on this machine: only the server of the demo is attacked")
    with web_server(threads=64) as port:
        hold_still(site, port, 50)
    make_up_addresses(site)
    return site.requests - before


def hold_still(site: Site, port: int, count: int) -> None:
    with silent_posts(port, count, SIGN_IN):
        for _each in range(3):
            site.requests += 1
            try:
                waited = seconds_to_answer(port, SIGN_IN, PATIENCE)
            except (OSError, TimeoutError) as nobody:
                raise AttackSucceeded(f"{count} silent requests, and nobody answers") from nobody
            if waited > PATIENCE:
                raise AttackSucceeded(f"{count} silent requests, and a page takes {waited:.1f} s")
    site.requests += count


def make_up_addresses(site: Site) -> None:
    """A new address with every guess: none of them is believed."""
    guesser = site.browser()
    guesser.get(SIGN_IN)
    for number in range(6):
        guesser.headers["X-Forwarded-For"] = guesser.headers["X-Real-IP"] = f"198.51.100.{number}"
        answer = guesser.post(SIGN_IN, {"username": "nobody-at-all", "password": f"wrong {number}"})
    if answer.status != 429:
        raise AttackSucceeded("six guesses from made-up addresses, and no lockout")
    kept = set(AccessAttempt.objects.filter(username="nobody-at-all").values_list("ip_address", flat=True))
    if any(address.startswith("198.") for address in kept):
        raise AttackSucceeded("a made-up address is taken for the client's")
    AccessAttempt.objects.all().delete()
