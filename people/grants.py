"""The roles that ceportal ships, and which of them hold which rights of this app.

Separation of duties (docs/rules.md §8): sysadmin reads no student data, auditor reads the trail alone, nobody can edit the
trail. What needs four eyes is asked for by one and decided by another: the services refuse the asker, whatever roles they hold.
"""

from common.grants import GRANTS, ROLES, ShippedRole, grants

ROLES.register(
    ShippedRole("registrar", "Registrar", "学籍管理员"),
    ShippedRole("second_registrar", "Second registrar", "学籍复核员"),
    ShippedRole("school_manager", "School manager", "学院管理员"),
    ShippedRole("coordinator", "Coordinator of a learning centre", "教学点管理员"),
    ShippedRole("auditor", "Auditor", "审计员"),
    ShippedRole("sysadmin", "System administrator", "系统管理员"),
)
GRANTS.register(
    *grants(
        "registrar",
        "admin.enter",
        "people.view_persons",
        "people.reveal_number",
        "people.merge_persons",
        "people.correct_person",
        "people.ask_for_export",
        "people.export_numbers",
        "people.decide_export",
        "people.decide_rule",
        "people.decide_grant",
    ),
    *grants(
        "second_registrar",
        "admin.enter",
        "people.view_persons",
        "people.reveal_number",
        "people.decide_export",
        "people.decide_rule",
        "people.decide_grant",
    ),
    *grants(
        "school_manager",
        "admin.enter",
        "people.view_persons",
        "people.ask_for_export",
    ),
    *grants(
        "coordinator",
        "portal.enter",
        "people.view_persons",
        "people.reveal_number",
        "people.ask_for_export",
    ),
    *grants(
        "auditor",
        "admin.enter",
    ),
    *grants(
        "sysadmin",
        "admin.enter",
        "people.manage_users",
        "people.decide_grant",
    ),
)
