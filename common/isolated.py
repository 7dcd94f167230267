"""A script that reads what nobody vouches for, in a process of its own: where native code works, nothing of ours is in memory."""

import subprocess
import sys
from pathlib import Path


def run_isolated(script: Path, *words: str, content: bytes, seconds: int) -> subprocess.CompletedProcess[bytes]:
    """What the script made of `content` on its standard input; it sets its own limits and tells its outcome by its exit code.

    It inherits no variable of ours, since some are secrets. A negative exit code: it was ended by a limit. Raises
    `subprocess.TimeoutExpired`.
    """
    command = [sys.executable, "-I", str(script), *words]
    return subprocess.run(command, input=content, capture_output=True, timeout=seconds, env={}, check=False)
