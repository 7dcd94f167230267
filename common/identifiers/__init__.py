"""Validators for the numbers that identify people, organisations and documents (docs/rules.md §3).

Every function takes text as a person typed it, returns the normalised value and raises `IdentifierError`,
whose `code` is the code of the import contract. None of them touches the database.
"""

from common.identifiers.citizen import CHECKED_TYPES, IdentityNumber, check_character, from_15_digits
from common.identifiers.credentials import (
    DegreeNumber,
    DiplomaNumber,
    candidate_number,
    degree_number,
    diploma_number,
    major_code,
    student_number,
)
from common.identifiers.documents import (
    guess_type,
    identity_number,
    is_foreigner,
    mrz_check_digit,
    nationality_of,
    passport_number,
)
from common.identifiers.emails import email_address
from common.identifiers.errors import IdentifierError
from common.identifiers.organizations import (
    joint_programme_number,
    organization_code,
    school_code,
    school_identifier,
    unified_social_credit_code,
)
from common.identifiers.phones import is_known_mobile_prefix, phone_number

__all__ = [
    "CHECKED_TYPES",
    "DegreeNumber",
    "DiplomaNumber",
    "IdentifierError",
    "IdentityNumber",
    "candidate_number",
    "check_character",
    "degree_number",
    "diploma_number",
    "email_address",
    "from_15_digits",
    "guess_type",
    "identity_number",
    "is_foreigner",
    "is_known_mobile_prefix",
    "joint_programme_number",
    "major_code",
    "mrz_check_digit",
    "nationality_of",
    "organization_code",
    "passport_number",
    "phone_number",
    "school_code",
    "school_identifier",
    "student_number",
    "unified_social_credit_code",
]
