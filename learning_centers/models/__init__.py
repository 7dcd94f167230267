from learning_centers.models.centers import (
    CenterAgreement,
    CenterFiling,
    CenterOffering,
    CenterPeriod,
    FiledMajor,
    LearningCenter,
)
from learning_centers.models.institutions import Institution, InstitutionCode, InstitutionName
from learning_centers.models.majors import Major, Offering, Programme, ProgrammeVersion
from learning_centers.models.organizations import (
    Agreement,
    AgreementVersion,
    Organization,
    OrganizationName,
)
from learning_centers.models.places import Campus, Region, Site
from learning_centers.models.rules import RuleSetting
from learning_centers.models.schools import (
    Designation,
    LineageEvent,
    LineageLink,
    School,
    SchoolName,
    SchoolParent,
    SchoolRole,
)

__all__ = [
    "Agreement",
    "AgreementVersion",
    "Campus",
    "CenterAgreement",
    "CenterFiling",
    "CenterOffering",
    "CenterPeriod",
    "Designation",
    "FiledMajor",
    "Institution",
    "InstitutionCode",
    "InstitutionName",
    "LearningCenter",
    "LineageEvent",
    "LineageLink",
    "Major",
    "Offering",
    "Organization",
    "OrganizationName",
    "Programme",
    "ProgrammeVersion",
    "Region",
    "RuleSetting",
    "School",
    "SchoolName",
    "SchoolParent",
    "SchoolRole",
    "Site",
]
