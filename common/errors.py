"""The one exception that says no. Each interface translates it once: web and admin to a message, REST to problem JSON,
imports to a row error, the shell to an exit code."""

from typing import Any


class DomainError(Exception):
    """A refusal with a sentence for people and a code for machines.

    `message` is a lazy translation; `code` is stable and documented (docs/files.md §7 for file rows);
    `details` holds no personal data.
    """

    def __init__(self, message: Any, *, code: str, **details: Any) -> None:
        super().__init__(str(message))
        self.message = message
        self.code = code
        self.details = details


class NotAllowed(DomainError):
    """The actor lacks the right, or the row is outside of what the actor may see."""

    def __init__(self, message: Any, *, code: str = "not_allowed", **details: Any) -> None:
        super().__init__(message, code=code, **details)
