"""Sign-ins of the demo, one for each kind of user. All are marked as such, and production refuses them."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from common.errors import DomainError
from demo.files import names_of_institutions, read_institution
from learning_centers.models import Institution, LearningCenter
from learning_centers.models.centers import CenterStatus
from people.models import Membership, Role, User
from people.services.roles import install_roles


@dataclass(frozen=True)
class SignIn:
    username: str
    role: Role
    place: Institution | LearningCenter


@transaction.atomic
def open_accounts() -> list[SignIn]:
    """One account per role at each loaded institution, the coordinator at its first centre; made once, shown always.

    Raises DomainError `no_demo_accounts` where the settings do not want them.
    """
    if not settings.DEMO_ACCOUNTS or not settings.DEMO_PASSWORD:
        raise DomainError("This site has no demo accounts.", code="no_demo_accounts")
    signins = list(_wanted(install_roles()))
    password = _password()
    for signin in signins:
        _open(signin, password)
    return signins


def _password() -> str:
    """The hash of the demo's password: one for all, since hashing is slow on purpose."""
    known = User.objects.filter(is_demo=True).first()
    return (
        known.password
        if known and known.check_password(settings.DEMO_PASSWORD)
        else make_password(settings.DEMO_PASSWORD)
    )


def _wanted(roles: dict[str, Role]) -> Iterator[SignIn]:
    for name in names_of_institutions():
        institution = Institution.objects.filter(code=read_institution(name).code).first()
        if institution is None:
            continue
        yield SignIn(f"registrar-{name}", roles["registrar"], institution)
        centers = LearningCenter.objects.current().filter(institution=institution, status=CenterStatus.ACTIVE)
        with_students = centers.filter(students__isnull=False).order_by("code").first()
        if with_students:
            yield SignIn(f"coordinator-{name}", roles["coordinator"], with_students)
            yield SignIn(f"statistician-{name}", roles["statistician"], institution)
            yield SignIn(f"administrator-{name}", roles["administrator"], institution)


def _open(signin: SignIn, password: str) -> None:
    shown = f"{signin.role.name} ({signin.username.partition('-')[2].upper()})"
    known = {"password": password, "display_name": shown, "is_demo": True}
    user, _made = User.objects.update_or_create(username=signin.username, defaults=known)
    center = signin.place if isinstance(signin.place, LearningCenter) else None
    institution = center.institution if center else signin.place
    Membership.objects.get_or_create(user=user, role=signin.role, institution=institution, center=center)
