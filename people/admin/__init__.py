from people.admin.exports import ExportAdmin
from people.admin.persons import PersonAdmin, PersonMergeAdmin
from people.admin.users import MembershipAdmin, RoleAdmin, UserAdmin

__all__ = ["ExportAdmin", "MembershipAdmin", "PersonAdmin", "PersonMergeAdmin", "RoleAdmin", "UserAdmin"]
