"""What a recording wrote, as a digest: every row that it brought and the key of every row that it superseded.

The tables are those of the catalogue with a column `recorded_in_id`, so that a migration may ask before and after itself. Of
tables whose rows are projections (`ceportal_no_delete`) only the keys are kept history.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import connection

TABLES = """
SELECT pg_class.oid::regclass::text, bool_or(proname = 'ceportal_superseded_once')
  FROM pg_class
  JOIN pg_attribute ON attrelid = pg_class.oid AND attname = 'recorded_in_id'
  LEFT JOIN pg_trigger ON tgrelid = pg_class.oid
  LEFT JOIN pg_proc ON pg_proc.oid = tgfoid
 WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
 GROUP BY 1 ORDER BY 1
"""
ROW = "to_jsonb(one) - 'superseded_in_id'"
KEY = "to_jsonb(one.id)"
PART = """
SELECT '{table}', one.{column}, sha256(string_agg(sha256(convert_to(({row})::text, 'UTF8')), ''::bytea ORDER BY one.id))
  FROM {table} one WHERE one.{column} = ANY(%(keys)s) GROUP BY 2
"""
KEYS_AT_ONCE = 1000
# Plain SQL, since a migration asks while the tables are not yet what the models say.
HAS_LINKS = "SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass('common_auditseal') AND attname = 'content'"
SEALED = """
SELECT DISTINCT ON (recording_id) recording_id, content FROM common_auditseal
 WHERE recording_id IS NOT NULL AND (%(institution)s IS NULL OR institution_id = %(institution)s)
   AND (%(keys)s IS NULL OR recording_id = ANY(%(keys)s::bigint[]))
 ORDER BY recording_id, position DESC
"""


def contents_of(recording_ids: Iterable[int]) -> dict[int, bytes]:
    """The digest of each recording's rows; of one that wrote none it is that of nothing."""
    keys = sorted(recording_ids)
    found: dict[int, bytes] = {}
    for start in range(0, len(keys), KEYS_AT_ONCE):
        found |= _digests(keys[start : start + KEYS_AT_ONCE])
    return found


def altered_recordings(institution_id: int | None = None, among: Iterable[int] | None = None) -> set[int]:
    """Keys of sealed recordings (of an institution, or among these) whose rows are not what they were when last sealed."""
    sealed = _sealed(institution_id, None if among is None else sorted(among))
    found = contents_of(sealed)
    return {key for key, content in sealed.items() if content != found[key]}


def _sealed(institution_id: int | None, keys: list[int] | None) -> dict[int, bytes]:
    with connection.cursor() as cursor:
        cursor.execute(HAS_LINKS)
        if not cursor.fetchone():
            return {}
        cursor.execute(SEALED, {"institution": institution_id, "keys": keys})
        return {key: bytes(content) for key, content in cursor.fetchall()}


def _digests(keys: list[int]) -> dict[int, bytes]:
    digests: dict[int, Any] = defaultdict(hashlib.sha256)
    with connection.cursor() as cursor:
        cursor.execute(_statement(cursor), {"keys": keys})
        for part, key, digest in sorted(cursor.fetchall(), key=lambda row: row[0]):
            digests[key].update(part.encode() + bytes(digest))
    return {key: digests[key].digest() for key in keys}


def _statement(cursor: Any) -> str:
    cursor.execute(TABLES)
    parts = []
    for table, is_history in cursor.fetchall():
        brought = PART.format(table=table, column="recorded_in_id", row=ROW if is_history else KEY)
        parts += [brought, PART.format(table=table, column="superseded_in_id", row=KEY)]
    return " UNION ALL ".join(parts)
