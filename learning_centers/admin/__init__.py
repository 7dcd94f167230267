from learning_centers.admin.centers import CenterAdmin, OrganizationAdmin
from learning_centers.admin.structure import (
    AgreementAdmin,
    DesignationAdmin,
    InstitutionAdmin,
    LineageAdmin,
    MajorAdmin,
    ProgrammeAdmin,
    ProgrammeVersionAdmin,
    SchoolAdmin,
)

__all__ = [
    "AgreementAdmin",
    "CenterAdmin",
    "DesignationAdmin",
    "InstitutionAdmin",
    "LineageAdmin",
    "MajorAdmin",
    "OrganizationAdmin",
    "ProgrammeAdmin",
    "ProgrammeVersionAdmin",
    "SchoolAdmin",
]
