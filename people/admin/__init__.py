from people.admin.approvals import ApprovalAdmin
from people.admin.exports import ExportAdmin
from people.admin.memberships import MembershipAdmin
from people.admin.persons import PersonAdmin, PersonMergeAdmin
from people.admin.rules import RuleAdmin
from people.admin.users import RoleAdmin, UserAdmin

__all__ = [
    "ApprovalAdmin",
    "ExportAdmin",
    "MembershipAdmin",
    "PersonAdmin",
    "PersonMergeAdmin",
    "RoleAdmin",
    "RuleAdmin",
    "UserAdmin",
]
