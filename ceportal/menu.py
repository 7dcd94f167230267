"""What the site itself adds to the menu."""

from django.utils.translation import gettext_lazy as _

from common.menu import PORTAL_MENU, PortalEntry

PORTAL_MENU.register(PortalEntry("portal:home", _("Home"), 10))
