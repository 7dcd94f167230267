"""What this app adds to the menu."""

from django.utils.translation import gettext_lazy as _

from common.menu import MENU, MENU_GROUPS, MenuEntry, MenuGroup

MENU_GROUPS.register(MenuGroup("files", _("Files"), 40))
MENU.register(
    MenuEntry("exchange.importbatch", "files", 10),
    MenuEntry("exchange.export", "files", 20),
    MenuEntry("exchange.job", "oversight", 30),
)
