from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.access import ScopePath
from common.querysets import ScopedQuerySet
from learning_centers.models import Institution, LearningCenter, Organization, School
from people.models.persons import Person


class PersonPlaceQuerySet(ScopedQuerySet):
    def held(self) -> "PersonPlaceQuerySet":
        """Those where the person is seen today; the line that writes them closes a row on its day."""
        return self.filter(end__isnull=True)


class PersonPlace(models.Model):
    """Where a person is seen, and by which line of work: a school, a learning centre or a partner on the days `[begin, end)`.

    A projection, like the list columns: each line writes its rows where it writes what they follow from, by
    `people.services.places`. A row without an end is held today, also by somebody who has left from there.
    """

    SCOPE = ScopePath(school=("school", "center__school"), center="center", partner="partner")

    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, db_constraint=False, related_name="places", editable=False
    )
    school = models.ForeignKey(
        School, on_delete=models.PROTECT, db_constraint=False, db_index=False, null=True, related_name="+"
    )
    center = models.ForeignKey(
        LearningCenter, on_delete=models.PROTECT, db_constraint=False, db_index=False, null=True, related_name="+"
    )
    partner = models.ForeignKey(
        Organization, on_delete=models.PROTECT, db_constraint=False, db_index=False, null=True, related_name="+"
    )
    line = models.CharField(_("line of work"), max_length=20)
    subject = models.BigIntegerField(_("record"))
    """The key of the record of that line which brought the person here: a student, a trainee."""

    begin = models.DateField(_("from"))
    end = models.DateField(_("until (exclusive)"), null=True)

    objects = PersonPlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("place of a person")
        verbose_name_plural = _("places of persons")
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "line", "subject"], name="person_place_held_once", condition=Q(end__isnull=True)
            ),
            models.CheckConstraint(
                condition=Q(school__isnull=False, center__isnull=True, partner__isnull=True)
                | Q(school__isnull=True, center__isnull=False, partner__isnull=True)
                | Q(school__isnull=True, center__isnull=True, partner__isnull=False),
                name="person_place_is_one_place",
            ),
            models.CheckConstraint(condition=Q(end__isnull=True) | Q(end__gt=F("begin")), name="person_place_in_order"),
        ]
        indexes = [
            models.Index(fields=[place, "person"], name=f"person_at_{place}", condition=Q(end__isnull=True))
            for place in ("school", "center", "partner")
        ]
