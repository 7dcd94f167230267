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
    "Person",
    "PersonFacts",
    "PersonMerge",
    "Role",
    "User",
]
