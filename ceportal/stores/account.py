"""Under which account the servers run. PostgreSQL refuses to run as root, so root lends them the account "nobody"."""

import hashlib
import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ceportal.stores.state import Home, StoresError


def is_root() -> bool:
    return os.geteuid() == 0


def _nobody() -> tuple[int, int]:
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        return 65534, 65534
    return entry.pw_uid, entry.pw_gid


def lowered() -> dict[str, Any]:
    """Arguments for subprocess that drop root's rights; nothing for an ordinary user."""
    if not is_root():
        return {}
    user, group = _nobody()
    return {"user": user, "group": group, "extra_groups": []}


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The caller's environment with a locale that exists and without what would steer the servers (PGDATA, …)."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C.UTF-8", "TZ": "UTC"} | dict(extra or {})


def give(path: Path) -> None:
    """Hand the path itself (never its parents) to the account of the servers."""
    if is_root():
        os.chown(path, *_nobody())


def can_run(binary: Path, env: Mapping[str, str]) -> bool:
    try:
        command = [str(binary), "--version"]
        return subprocess.run(command, capture_output=True, cwd="/", env=dict(env), **lowered()).returncode == 0
    except OSError:
        return False


def can_enter(folder: Path) -> bool:
    # A shell that changes into the folder with the lowered rights: cwd= would change into it before dropping them.
    return (
        subprocess.run(["/bin/sh", "-c", 'cd "$0" && pwd', str(folder)], capture_output=True, **lowered()).returncode
        == 0
    )


def reachable_folder(home: Home) -> Path:
    """A folder that the servers' account can enter: `home/stores`, or for root in a closed folder one under /var/lib.

    PostgreSQL needs every parent of its data to be passable. Under root's own 0700 folder "nobody" never gets there,
    and opening the parents would expose root's files, so the data is put elsewhere and `home/stores` links to it.
    """
    wanted = home.servers
    if wanted.is_symlink() and not wanted.exists():
        wanted.unlink()
    if not wanted.exists():
        home.folder.mkdir(parents=True, exist_ok=True)
        wanted.mkdir(mode=0o700)
        give(wanted)
        if not can_enter(wanted):
            wanted.rmdir()
            wanted.symlink_to(_folder_elsewhere(home))
    folder = wanted.resolve()
    if not can_enter(folder):
        raise StoresError(f"{folder} is not usable by this user; run as the user who made it, or remove it")
    return folder


def _folder_elsewhere(home: Home) -> Path:
    parent = Path("/var/lib/ceportal")
    parent.mkdir(mode=0o711, exist_ok=True)
    folder = parent / hashlib.sha256(str(home.folder).encode()).hexdigest()[:16]
    if folder.exists():
        shutil.rmtree(folder)  # left by an earlier checkout at this path, whose `home` is gone
    folder.mkdir(mode=0o700)
    give(folder)
    return folder
