from people.models.approvals import ApprovalRequest
from people.models.disclosures import Disclosure
from people.models.notices import Notice
from people.models.persons import (
    Contact,
    DistinctPersons,
    IdentityDocument,
    Person,
    PersonFacts,
    PersonMerge,
)
from people.models.places import PersonPlace
from people.models.unsent import UnsentForm
from people.models.users import Membership, PasswordUsed, Role, User

__all__ = [
    "ApprovalRequest",
    "Contact",
    "Disclosure",
    "DistinctPersons",
    "IdentityDocument",
    "Membership",
    "Notice",
    "PasswordUsed",
    "Person",
    "PersonFacts",
    "PersonMerge",
    "PersonPlace",
    "Role",
    "UnsentForm",
    "User",
]
