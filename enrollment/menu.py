"""What this app adds to the menus."""

from django.utils.translation import gettext_lazy as _

from common.menu import (
    MENU,
    MENU_GROUPS,
    PORTAL_MENU,
    PORTAL_PAGES,
    MenuEntry,
    MenuGroup,
    PortalEntry,
    RecordPage,
)

MENU_GROUPS.register(
    MenuGroup("admission", _("Admission"), 10),
    MenuGroup("students", _("Students"), 20),
)
MENU.register(
    MenuEntry("enrollment.application", "admission", 10),
    MenuEntry("enrollment.entrybatch", "admission", 20),
    MenuEntry("enrollment.admissionplace", "admission", 30),
    MenuEntry("enrollment.checklistitem", "admission", 40),
    MenuEntry("enrollment.reasonsetting", "admission", 50),
    MenuEntry("enrollment.student", "students", 10),
    MenuEntry("enrollment.changerequest", "students", 20),
    MenuEntry("enrollment.changecase", "students", 30),
    MenuEntry("enrollment.watchitem", "students", 40),
    MenuEntry("enrollment.entitlementcheck", "students", 50),
    MenuEntry("enrollment.studentchange", "students", 70),
)
PORTAL_MENU.register(
    PortalEntry("portal:applications", _("Applications"), 20),
    PortalEntry("portal:students", _("Students"), 30),
    PortalEntry("portal:requests", _("Requests"), 40),
    PortalEntry("portal:exports", _("Lists"), 50),
    PortalEntry("portal:files", _("Files"), 60),
    PortalEntry("portal:notices", _("Notices"), 70),
)
PORTAL_PAGES.register(
    RecordPage("enrollment.application", "portal:application"),
    RecordPage("enrollment.changerequest", "portal:request"),
    RecordPage("enrollment.student", "portal:student"),
)
