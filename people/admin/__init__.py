from people.admin.persons import PersonAdmin, PersonMergeAdmin, personal_numbers
from people.admin.users import MembershipAdmin, RoleAdmin, UserAdmin

__all__ = ["MembershipAdmin", "PersonAdmin", "PersonMergeAdmin", "RoleAdmin", "UserAdmin", "personal_numbers"]
