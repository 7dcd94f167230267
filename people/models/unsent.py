from django.db import models
from django.utils.translation import gettext_lazy as _

from common.access import Own
from common.crypto import EncryptedTextField, ReservedKey
from common.querysets import ScopedQuerySet
from people.models.users import User


class UnsentForm(models.Model):
    """What somebody has typed into a form that has not been sent: sealed, shown to nobody else, gone when the form has arrived.

    `address` is the form's path, `values` a JSON list of field names and texts; files and passwords are not kept.
    """

    SCOPE = Own("user")

    id = ReservedKey(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="unsent_forms", verbose_name=_("user"))
    address = models.CharField(_("address"), max_length=300)
    values = EncryptedTextField(_("values"), owner="user")
    at = models.DateTimeField(_("at"), auto_now=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("unsent form")
        verbose_name_plural = _("unsent forms")
        constraints = [models.UniqueConstraint(fields=["user", "address"], name="unsent_form_once")]
