from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.access import ScopePath
from common.crypto import EncryptedBinaryField, EncryptedTextField, ReservedKey
from common.keys import new_public_id
from common.querysets import ScopedQuerySet
from enrollment.admission.models.applications import Application
from enrollment.records.models.changes import ChangeKind
from enrollment.requests.models.requests import HANDED_IN, ChangeRequest
from learning_centers.models import Institution, LearningCenter


class Attachment(models.Model):
    """A scan or a photo that belongs to an application or a change request: sealed, checked by content when it comes in, never
    served by its own address; `center` is where it was handed in.

    `content` is erased when its time is over (docs/rules.md §8); the row and its digest stay.
    """

    class Item(models.TextChoices):
        PHOTO = "photo", _("photo")
        IDENTITY = "identity", _("identity document")
        PRIOR_DIPLOMA = "prior_diploma", _("prior diploma")
        RESIDENCE = "residence", _("residence or work in the province")
        EVIDENCE = "evidence", pgettext_lazy("papers", "evidence")

    SCOPE = ScopePath(
        school="center__school",
        center="center",
        center_while=Q(request__isnull=True, application__student__isnull=True)
        | Q(application__student__current_center=F("center"))
        | Q(request__student__current_center=F("center"))
        | Q(request__kind=ChangeKind.CHANGE_CENTER, request__status__in=HANDED_IN),
    )

    id = ReservedKey(primary_key=True)
    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    center = models.ForeignKey(LearningCenter, on_delete=models.PROTECT, related_name="+")
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    request = models.ForeignKey(
        ChangeRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    item = models.CharField(_("item"), max_length=15, choices=Item)
    name = EncryptedTextField(_("file name"))
    content_type = models.CharField(_("type"), max_length=50)
    size = models.PositiveIntegerField(_("bytes"))
    sha256 = models.CharField(max_length=64)
    content = EncryptedBinaryField()
    original = EncryptedBinaryField()
    """The upload, where what is kept of it may show something else: until somebody has seen that it does not."""
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    uploaded_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(application__isnull=False, request__isnull=True)
                | Q(application__isnull=True, request__isnull=False),
                name="attachment_belongs_to_one_thing",
            )
        ]
