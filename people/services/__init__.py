from people.services.correcting import correct_person, replace_document
from people.services.merging import duplicate_candidates, head_of, merge_persons, tell_apart, undo_merge
from people.services.registering import (
    PersonDraft,
    identity_digest,
    persons_by_digest,
    project_persons,
    register_persons,
    revise_persons,
    write_phones,
)

__all__ = [
    "PersonDraft",
    "correct_person",
    "duplicate_candidates",
    "head_of",
    "identity_digest",
    "merge_persons",
    "persons_by_digest",
    "project_persons",
    "register_persons",
    "replace_document",
    "revise_persons",
    "tell_apart",
    "undo_merge",
    "write_phones",
]
