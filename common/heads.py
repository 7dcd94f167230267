"""The heads of the audit chains, kept in a place outside the database: who rewrites a chain cannot rewrite what was said of it.

`AUDIT_HEADS` names the place: `file:///srv/heads/ceportal`, `mailto:auditor@example.edu.cn`, `syslog://host:514` (UDP) or
`syslog+tcp://host:601`. Only a file can be read back; heads from elsewhere are given to `verify_audit_chain --head`.
"""

import datetime as dt
import logging
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from logging.handlers import SysLogHandler
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone

from common.audit import AuditNote, write_audit
from common.models import AuditEvent
from common.sealing import chain_heads

VERB = "common.keep_heads"


@dataclass(frozen=True)
class KeptHead:
    chain: int | None
    position: int
    digest: str
    at: dt.datetime | None


def kept_head(line: str) -> KeptHead:
    """From `chain:position:digest`, with the time of keeping before it where it is known. Raises ValueError."""
    *time, head = line.split()
    chain, position, digest = head.split(":")
    at = dt.datetime.fromisoformat(time[0]) if time else None
    return KeptHead(None if chain == "-" else int(chain), int(position), digest, at)


def keep_heads() -> int:
    """Send the heads of today to the place outside; returns how many. Without a place 0. Raises OSError (mail's too)."""
    if not settings.AUDIT_HEADS:
        return 0
    place = urlsplit(settings.AUDIT_HEADS)
    now = timezone.now().isoformat(timespec="seconds")
    lines = [f"{now} {head}" for head in chain_heads()]
    PLACES[place.scheme](place, lines)
    write_audit([AuditNote(VERB, detail={"heads": len(lines)})], by=None)
    return len(lines)


def kept_heads() -> list[str]:
    """All lines of the file; none where the place cannot be read back. Raises OSError for a file that was kept and is gone."""
    place = urlsplit(settings.AUDIT_HEADS)
    if place.scheme != "file":
        return []
    path = _path(place)
    if not path.exists() and not AuditEvent.objects.filter(verb=VERB).exists():
        return []
    return path.read_text().splitlines()


def _path(place: SplitResult) -> Path:
    return Path(unquote(place.path))


def _to_file(place: SplitResult, lines: Iterable[str]) -> None:
    path = _path(place)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.writelines(f"{line}\n" for line in lines)


def _by_mail(place: SplitResult, lines: Iterable[str]) -> None:
    if not settings.MAIL_NOTICES:
        raise OSError("MAIL_SERVER names no server")
    send_mail("ceportal audit heads", "\n".join(lines), settings.DEFAULT_FROM_EMAIL, [unquote(place.path)])


class _SysLog(SysLogHandler):
    def handleError(self, record: Any) -> None:  # noqa: N802 -- the name is logging's
        """What could not be sent is an alarm, not a line on stderr."""
        raise  # noqa: PLE0704 -- called by the handler that has caught it


def _to_syslog(place: SplitResult, lines: Iterable[str]) -> None:
    kind = socket.SOCK_STREAM if place.scheme == "syslog+tcp" else socket.SOCK_DGRAM
    handler = _SysLog((place.hostname or "localhost", place.port or 514), SysLogHandler.LOG_AUTHPRIV, kind)
    try:
        for line in lines:
            handler.emit(logging.makeLogRecord({"msg": f"ceportal audit head {line}", "levelno": logging.INFO}))
    finally:
        handler.close()


PLACES: dict[str, Callable[[SplitResult, Iterable[str]], None]] = {
    "file": _to_file,
    "mailto": _by_mail,
    "syslog": _to_syslog,
    "syslog+tcp": _to_syslog,
}
