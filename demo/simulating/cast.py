"""Who acts: the users that a real institution would have, each with a shipped role."""

import datetime as dt
from dataclasses import dataclass, field
from typing import ClassVar

from demo.accounts import Account, make_account
from learning_centers.models import Institution, LearningCenter
from people.models import User
from people.services.roles import ensure_roles


@dataclass
class Cast:
    """Nobody can sign in as one of them: they have no password."""

    PREFIX: ClassVar = "simulation."

    institution: Institution
    since: dt.date
    registrar: User = field(init=False)
    second: User = field(init=False)
    manager: User = field(init=False)
    coordinators: dict[int, User] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ensure_roles(by=User.objects.system())
        self.registrar = self._user("registrar")
        self.second = self._user("second_registrar")
        self.manager = self._user("school_manager")

    def coordinator(self, center_id: int) -> User:
        if center_id not in self.coordinators:
            self.coordinators[center_id] = self._user("coordinator", LearningCenter.objects.get(pk=center_id))
        return self.coordinators[center_id]

    def _user(self, role: str, center: LearningCenter | None = None) -> User:
        place = f".{center.code}" if center else ""
        name = f"{self.PREFIX}{self.institution.code}.{role}{place}"
        return make_account(Account(name, name, role, self.institution, center=center, since=self.since), password=None)
