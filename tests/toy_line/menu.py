from common.menu import MENU, MENU_GROUPS, PORTAL_MENU, MenuEntry, MenuGroup, PortalEntry

MENU_GROUPS.register(MenuGroup("toys", "Toys", 25))
MENU.register(MenuEntry("home", "toys", 10, "Toy box"))
PORTAL_MENU.register(PortalEntry("portal:check_in_list", "Toy shelf", 35))
