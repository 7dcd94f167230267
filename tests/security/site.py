"""A started site to attack: web server and worker as they run in earnest, an institution with two centres, a second institution.

Attacks speak HTTP through a `Browser`; to set up and to look at what came of it they may use the ORM on the same database.
"""

import http.cookiejar
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection

from learning_centers.models import Institution, LearningCenter
from people.models import User
from people.services.roles import ensure_roles, shipped_roles
from tests.builders import a_center, a_student, a_user, an_institution
from tests.web import web_server
from tests.worker import Worker

PASSWORD = "Correct horse 7"
SIGN_IN = "/portal/sign-in/"
AT_THE_INSTITUTION = ("registrar", "second_registrar", "sysadmin", "auditor")
STUDENTS_A_CENTER = 20


class AttackSucceeded(Exception):
    """Says what went through that should not have."""


@dataclass(frozen=True)
class Answer:
    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")


class _Unfollowed(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


class Browser:
    """Keeps cookies and sends the CSRF token with what it posts; counts its requests in the site that it visits."""

    def __init__(self, site: "Site", language: str = "en") -> None:
        self.site, self.cookies = site, http.cookiejar.CookieJar()
        self.headers = {"Accept-Language": language}
        opener = urllib.request.HTTPCookieProcessor(self.cookies)
        self._follow = urllib.request.build_opener(opener)
        self._stay = urllib.request.build_opener(opener, _Unfollowed())

    def cookie(self, name: str) -> str:
        return next((one.value or "" for one in self.cookies if one.name == name), "")

    def get(self, path: str, parameters: Mapping[str, Any] | None = None, *, follow: bool = True) -> Answer:
        query = f"?{urllib.parse.urlencode(parameters, doseq=True)}" if parameters else ""
        return self._open(urllib.request.Request(self.site.address + path + query, headers=self.headers), follow=follow)

    def post(
        self,
        path: str,
        values: Mapping[str, Any] | None = None,
        files: Mapping[str, tuple[str, bytes]] | None = None,
        *,
        follow: bool = True,
    ) -> Answer:
        """`files` maps a field to name and content. The token is the cookie's, so a page must have been opened before."""
        fields = dict(values or {}) | {"csrfmiddlewaretoken": self.cookie("csrftoken")}
        if files:
            body, kind = _multipart(fields, files)
        else:
            body = urllib.parse.urlencode(fields, doseq=True).encode()
            kind = "application/x-www-form-urlencoded"
        headers = self.headers | {"Content-Type": kind, "Referer": self.site.address + path}
        request = urllib.request.Request(self.site.address + path, data=body, headers=headers)
        return self._open(request, follow=follow)

    def sign_in(self, username: str, password: str = PASSWORD) -> "Browser":
        self.get(SIGN_IN)
        self.post(SIGN_IN, {"username": username, "password": password}, follow=False)
        if not self.cookie("sessionid"):
            raise RuntimeError(f"{username} could not sign in")
        return self

    def _open(self, request: urllib.request.Request, *, follow: bool) -> Answer:
        self.site.requests += 1
        try:
            with (self._follow if follow else self._stay).open(request, timeout=60) as answer:
                return Answer(answer.status, answer.url, answer.headers, answer.read())
        except urllib.error.HTTPError as answer:
            return Answer(answer.code, answer.url or request.full_url, answer.headers, answer.read())


def _multipart(fields: Mapping[str, Any], files: Mapping[str, tuple[str, bytes]]) -> tuple[bytes, str]:
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{item}\r\n'.encode()
        for name, value in fields.items()
        for item in (value if isinstance(value, list) else [value])
    ]
    for name, (filename, content) in files.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n\r\n'
        parts.append(head.encode() + content + b"\r\n")
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


@dataclass
class Site:
    """`users` by role: the shipped roles of the home institution, `coordinator` at the first centre, `neighbour` at the second,
    `foreigner` a registrar of the other institution. All of them have the password PASSWORD."""

    address: str
    home: Institution
    abroad: Institution
    centers: list[LearningCenter]
    worker: Worker
    users: dict[str, User] = field(default_factory=dict)
    requests: int = 0

    def browser(self, role: str = "", language: str = "en") -> Browser:
        """A browser that is signed in as the user of this role, or nobody's."""
        browser = Browser(self, language)
        return browser.sign_in(self.users[role].username) if role else browser

    def another(self, role: str, *, at: Any = None, username: str = "") -> User:
        """One more user with the verbs of a shipped role, where an attack needs somebody whom no other attack has touched."""
        return _a_person(username or f"{role}-{uuid.uuid4().hex[:8]}", role, at or self.home)


def _a_person(username: str, role: str, at: Any) -> User:
    user = a_user(username, *shipped_roles()[role]["verbs"], at=at)
    user.set_password(PASSWORD)
    user.save()
    return user


def _peopled() -> tuple[Institution, Institution, list[LearningCenter], dict[str, User]]:
    ensure_roles(by=User.objects.system())
    home, abroad = an_institution(), an_institution("10003", "清华大学")
    centers = [a_center(home, code) for code in ("4301", "4302")]
    for center in [*centers, a_center(abroad, "1101")]:
        for number in range(STUDENTS_A_CENTER):
            a_student(center, f"2024{center.code}{number:06d}", name=f"王{'伟丽强敏静'[number % 5]}")
    users = {role: _a_person(role, role, home) for role in AT_THE_INSTITUTION}
    users["school_manager"] = _a_person("school_manager", "school_manager", centers[0].school)
    users["coordinator"] = _a_person("coordinator", "coordinator", centers[0])
    users["neighbour"] = _a_person("neighbour", "coordinator", centers[1])
    users["foreigner"] = _a_person("foreigner", "registrar", abroad)
    return home, abroad, centers, users


@contextmanager
def started_site() -> Iterator[Site]:
    """On the database that the settings name now; nothing of it is thrown away here."""
    home, abroad, centers, users = _peopled()
    worker = Worker()
    worker.broker.flushdb()
    worker.start()
    try:
        with web_server(processes=2, MEDIA_ROOT=str(settings.MEDIA_ROOT)) as port:
            yield Site(f"http://127.0.0.1:{port}", home, abroad, centers, worker, users)
    finally:
        worker.stop()
        connection.close()
