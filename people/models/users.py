from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.access import Own, Public, Reach, ScopePath, can, scope_filter
from common.dates import today
from common.keys import new_public_id
from common.querysets import ScopedQuerySet
from learning_centers.models import Institution, LearningCenter, Organization, School
from learning_centers.models.institutions import local

GIVEN_ALONE = [
    "admin.enter", "portal.enter", "learning_centers.view_structure", "learning_centers.view_centers", "exchange.view_jobs",
    "exchange.cancel_job",
]  # fmt: skip
"""Rights that read no personal data and decide nothing about anybody: a role with any other is given by two."""


class Role(models.Model):
    """A named set of verbs (`app.verb_noun`): rights are data that an administrator can read."""

    SCOPE = Public("Names of roles and of rights; no tenant or personal data.")

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    name_zh = models.CharField(_("Chinese name"), max_length=100, blank=True)
    verbs = ArrayField(models.CharField(max_length=100), verbose_name=_("rights"), default=list, blank=True)
    shipped = ArrayField(models.CharField(max_length=100), default=list, blank=True, editable=False)
    """The rights that were shipped last: what differs from them has been changed by staff, and an update leaves it."""

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["code"]

    def __str__(self) -> str:
        return local(self.name_zh or self.name, self.name)

    @property
    def is_given_by_two(self) -> bool:
        """It reads personal data or decides, so one user alone gives it to nobody."""
        return not set(self.verbs) <= set(GIVEN_ALONE)


class UserManager(BaseUserManager.from_queryset(ScopedQuerySet)):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def system(self) -> "User":
        """The actor of the clock and of the shell: a real row that nobody can sign in as."""
        return self.get_or_create(username="system", defaults={"is_system": True, "display_name": "ceportal"})[0]


class User(AbstractBaseUser):
    """Someone (or some machine) who signs in. What a user sees and does follows from memberships alone."""

    SCOPE = ScopePath(institution="memberships__institution", many=True)
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    username = models.CharField(_("user name"), max_length=150, unique=True, validators=[UnicodeUsernameValidator()])
    display_name = models.CharField(pgettext_lazy("person", "name"), max_length=150, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    is_active = models.BooleanField(pgettext_lazy("account", "active"), default=True)
    is_system = models.BooleanField(_("system user"), default=False, editable=False)
    is_demo = models.BooleanField(_("demo account"), default=False, editable=False)
    language = models.CharField(_("language"), max_length=10, blank=True)
    deactivations = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    """Counted by the database: a session that began before one does not come back with the account."""
    date_joined = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["username"]

    def __str__(self) -> str:
        return self.display_name or self.username

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        """What a session is checked against: it ends with the password, and for good with a deactivation."""
        return salted_hmac(
            "people.models.User.session", f"{self.password}\0{self.deactivations}", secret=secret, algorithm="sha256"
        ).hexdigest()

    @cached_property
    def reaches(self) -> tuple[Reach, ...]:
        """What the memberships of today give: asked once per request."""
        memberships = self.memberships.on(today()).select_related("role")
        return tuple(membership.reach for membership in memberships)

    @property
    def is_staff(self) -> bool:
        return self.is_active and any("admin.enter" in reach.verbs for reach in self.reaches)

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        return can(self, perm, obj)

    def has_perms(self, perms: Iterable[str], obj: models.Model | None = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and any(
            verb.startswith(f"{app_label}.") for reach in self.reaches for verb in reach.verbs
        )

    def institutions(self, verb: str | None = None) -> models.QuerySet[Institution]:
        """The institutions that the user works for at any level (the header and the choice of a file's institution)."""
        if self.is_system:
            return Institution.objects.all()
        keys = {reach.institution_id for reach in self.reaches if verb is None or verb in reach.verbs}
        return Institution.objects.filter(pk__in=keys)

    def holds(self, verb: str, model: type[models.Model]) -> Q:
        """The rows of `model` for which the user holds the right."""
        return scope_filter(model, self, verb)


class MembershipQuerySet(ScopedQuerySet):
    def on(self, day: Any) -> "MembershipQuerySet":
        return self.filter(begin__lte=day).filter(Q(end__isnull=True) | Q(end__gt=day))

    def not_over(self) -> "MembershipQuerySet":
        """Those of today and those that are still to begin."""
        return self.filter(Q(end__isnull=True) | Q(end__gt=today()))

    def given_by_two(self) -> "MembershipQuerySet":
        return self.exclude(role__verbs__contained_by=GIVEN_ALONE)


AT_ONE_LEVEL = (
    Q(school__isnull=True, center__isnull=True)
    | Q(school__isnull=True, partner__isnull=True)
    | Q(center__isnull=True, partner__isnull=True)
)


AT_ONE_LEVEL_ONLY = _("Choose a school, a learning centre or a partner, not more than one.")


class Membership(models.Model):
    """A role at an institution, in one of its schools, at one of its centres or for one partner, on the days `[begin, end)`."""

    SCOPE = ScopePath()

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("user"))
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("role"))
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("institution")
    )
    school = models.ForeignKey(
        School, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name=_("school")
    )
    center = models.ForeignKey(
        LearningCenter,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("learning centre"),
    )
    partner = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("partner"),
    )
    begin = models.DateField(_("from"), default=today)
    end = models.DateField(_("until (exclusive)"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.CheckConstraint(
                condition=AT_ONE_LEVEL,
                name="membership_at_one_level",
                violation_error_message=AT_ONE_LEVEL_ONLY,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.role}"

    @property
    def reach(self) -> Reach:
        level, key = next(
            (level, key)
            for level in ("center", "school", "partner", "institution")
            if (key := getattr(self, f"{level}_id")) is not None
        )
        return Reach(level, key, self.institution_id, frozenset(self.role.verbs))


class PasswordUsed(models.Model):
    """The hash of a password that an account has, or had lately (`people.passwords`)."""

    SCOPE = Own("user")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="passwords_used", verbose_name=_("user"))
    encoded = models.CharField(max_length=128, editable=False)
    at = models.DateTimeField(_("at"), auto_now_add=True)
    given = models.BooleanField(default=False, editable=False)
    """By somebody else than the owner of the account, who chooses another at the next sign-in."""

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("password used")
        verbose_name_plural = _("passwords used")
