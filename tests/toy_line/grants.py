from common.grants import GRANTS, ROLES, ShippedRole, grants

ROLES.register(ShippedRole("toy_keeper", "Keeper of toys", "玩具管理员"))
GRANTS.register(*grants("toy_keeper", "admin.enter", "toy_line.wind_up"), *grants("registrar", "toy_line.wind_up"))
