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
    "identity_digest",
    "persons_by_digest",
    "project_persons",
    "register_persons",
    "revise_persons",
    "write_phones",
]
