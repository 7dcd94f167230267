"""What this app adds to the menu."""

from django.utils.translation import gettext_lazy as _

from common.menu import MENU, MENU_GROUPS, MenuEntry, MenuGroup

MENU_GROUPS.register(
    MenuGroup("centers", _("Learning centres"), 30),
    MenuGroup("institution", _("Institution"), 60),
)
MENU.register(
    MenuEntry("learning_centers.learningcenter", "centers", 10),
    MenuEntry("learning_centers.organization", "centers", 20),
    MenuEntry("learning_centers.agreement", "centers", 30),
    MenuEntry("learning_centers.institution", "institution", 10),
    MenuEntry("learning_centers.school", "institution", 20),
    MenuEntry("learning_centers.lineageevent", "institution", 30),
    MenuEntry("learning_centers.designation", "institution", 40),
    MenuEntry("learning_centers.major", "institution", 50),
    MenuEntry("learning_centers.programme", "institution", 60),
    MenuEntry("learning_centers.programmeversion", "institution", 70),
    MenuEntry("learning_centers.rulesetting", "institution", 80),
)
