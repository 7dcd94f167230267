"""Public identifiers: time-ordered UUIDs (version 7) that stand in URLs, API and events instead of inner keys."""

import uuid

import uuid_utils
from uuid_utils.compat import uuid7


def new_public_id() -> uuid.UUID:
    return uuid7()


def new_public_ids(count: int) -> list[str]:
    """The same as text, for rows on their way to COPY."""
    return [str(uuid_utils.uuid7()) for _number in range(count)]
