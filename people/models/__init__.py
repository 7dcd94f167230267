from people.models.notices import Notice
from people.models.persons import (
    Contact,
    DistinctPersons,
    IdentityDocument,
    Person,
    PersonFacts,
    PersonMerge,
)
from people.models.users import Membership, Role, User

__all__ = [
    "Contact",
    "DistinctPersons",
    "IdentityDocument",
    "Membership",
    "Notice",
    "Person",
    "PersonFacts",
    "PersonMerge",
    "Role",
    "User",
]
