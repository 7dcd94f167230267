"""What the launcher leaves on disk: a folder ("home") per instance, with its secrets and its stores' addresses."""

import base64
import contextlib
import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent.parent


class StoresError(Exception):
    """The stores cannot be had here; the message tells the person at the keyboard what to do."""


@dataclass(frozen=True)
class Home:
    """The folder of one instance: `var/` for the demo, `var/test` for the suite, one below `var/simulations` for each
    simulation. Instances never share anything."""

    folder: Path

    @classmethod
    def default(cls) -> "Home":
        return cls(Path(os.environ.get("CEPORTAL_VAR") or PROJECT / "var").resolve())

    @property
    def of_the_suite(self) -> "Home":
        return Home(self.folder / "test")

    def of_simulation(self, name: str) -> "Home":
        return Home(self.folder / "simulations" / name)

    @property
    def of_simulations(self) -> list["Home"]:
        return [Home(folder) for folder in (self.folder / "simulations").glob("*/")]

    @property
    def state_file(self) -> Path:
        return self.folder / "stores.json"

    @property
    def secrets_file(self) -> Path:
        return self.folder / "secrets.json"

    @property
    def servers(self) -> Path:
        """Data, logs and copied binaries of the servers; may be a link, see `account.reachable_folder`."""
        return self.folder / "stores"

    def state(self) -> dict[str, Any]:
        """Addresses of the stores as last started, or {}; they may have stopped since."""
        return read_json(self.state_file)

    def secrets(self) -> dict[str, str]:
        """The instance's own secrets, made at first use and never shown."""
        with self.locked("secrets.lock"):
            kept = read_json(self.secrets_file)
            missing = {name: make() for name, make in SECRETS.items() if name not in kept}
            if missing:
                kept |= missing
                write_json(self.secrets_file, kept)
        return kept

    @contextlib.contextmanager
    def locked(self, name: str, *, wait: bool = True) -> Iterator[None]:
        """Hold the home for one process; the kernel lets go of it when that process dies.

        Without `wait` raises BlockingIOError while another process holds it.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / name, "w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            yield


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


SECRETS = {
    "secret_key": lambda: secrets.token_urlsafe(64),
    "field_key": _key,
    "digest_key": _key,
    "database_password": secrets.token_hex,
    "application_password": secrets.token_hex,
    "broker_password": secrets.token_hex,
    "demo_password": lambda: secrets.token_urlsafe(9),
}


def read_json(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text()))
    except FileNotFoundError:
        return {}
    except PermissionError as error:
        raise StoresError(f"{path} belongs to another user; run as that user, or remove {path.parent}") from error


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Replace the file in one step, readable by its owner only."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        json.dump(content, handle, indent=1)
    draft.replace(path)
