"""What this app adds to the menu."""

from django.utils.translation import gettext_lazy as _

from common.menu import MENU, MENU_GROUPS, MenuEntry, MenuGroup

MENU_GROUPS.register(MenuGroup("statistics", _("Statistics"), 50))
MENU.register(
    MenuEntry("reporting.statisticsrun", "statistics", 10),
    MenuEntry("reporting.frozenreturn", "statistics", 20),
    MenuEntry("reporting.publishedfigure", "statistics", 30),
    MenuEntry("institutions", "statistics", 40, _("Public profiles")),
)
