"""`make check`: everything that can be judged without running the site. All of it runs, also after a first failure."""

import base64
import os
import subprocess
import sys
import time

from ceportal.stores.state import PROJECT

# What a real deployment would set, so that Django judges the production settings.
PRODUCTION = {
    "CEPORTAL_MODE": "production",
    "DATABASE_URL": "postgres://ceportal@127.0.0.1:1/ceportal",
    "REDIS_URL": "redis://:only-for-checking@127.0.0.1:1/0",
    "SECRET_KEY": base64.b64encode(bytes(range(60))).decode(),
    "FIELD_KEYS": "k1:" + base64.b64encode(bytes([1]) * 32).decode(),
    "FIELD_DIGEST_KEY": base64.b64encode(bytes([2]) * 32).decode(),
    "ALLOWED_HOSTS": "ce.example.edu.cn",
    "AUDIT_HEADS": "syslog+tcp://log.example:601",
}

MANAGE = ["manage.py"]
CHECKS: list[tuple[str, list[str], dict[str, str]]] = [
    ("format", ["-m", "ruff", "format", "--check", "--quiet", "."], {}),
    ("lint", ["-m", "ruff", "check", "--quiet", "."], {}),
    ("types", ["-m", "mypy", "--no-error-summary", "."], {}),
    ("import contracts", ["-c", "from importlinter.cli import lint_imports_command as c; c()"], {}),
    ("system checks", [*MANAGE, "check"], {}),
    ("system checks, production", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
    ("missing migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"], {}),
    ("states", [*MANAGE, "moves", "--check"], {}),
    ("translations", [*MANAGE, "messages", "--check"], {}),
]


def main() -> int:
    failed = []
    for name, arguments, environment in CHECKS:
        started = time.monotonic()
        done = subprocess.run(
            [sys.executable, *arguments], cwd=PROJECT, env=os.environ | environment, capture_output=True, text=True
        )
        result = "ok" if done.returncode == 0 else "FAILED"
        print(f"{name:28}{result:8}{time.monotonic() - started:5.1f} s", flush=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout + done.stderr, flush=True)
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
