"""What this app adds to the menu."""

from common.menu import MENU, MenuEntry

MENU.register(
    MenuEntry("people.person", "students", 60),
    MenuEntry("people.personmerge", "students", 80),
    MenuEntry("people.approvalrequest", "oversight", 40),
    MenuEntry("people.user", "oversight", 50),
    MenuEntry("people.membership", "oversight", 60),
    MenuEntry("people.role", "oversight", 70),
)
