"""Public identifiers: time-ordered UUIDs (version 7) that stand in URLs, API and events instead of inner keys."""

import uuid

from uuid_utils.compat import uuid7


def new_public_id() -> uuid.UUID:
    return uuid7()
