from people.admin.persons import PersonAdmin, PersonMergeAdmin
from people.admin.users import MembershipAdmin, RoleAdmin, UserAdmin

__all__ = ["MembershipAdmin", "PersonAdmin", "PersonMergeAdmin", "RoleAdmin", "UserAdmin"]
