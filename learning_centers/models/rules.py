from django.db import models
from django.utils.translation import gettext_lazy as _

from common.access import ScopePath
from common.models import Dated, Recorded
from common.querysets import RecordedQuerySet
from learning_centers.models.institutions import Institution
from learning_centers.models.schools import School

LIGHT_CHANGES = ["suspend", "resume", "change_major", "change_center", "change_form", "repeat_year"]
MOST = {
    "export_rows_alone": 1000, "identity_scans_kept_months": 36, "number_searches_per_hour": 300,
    "number_checks_per_hour": 600, "reveals_per_hour": 200, "listed_per_hour": 10_000, "printed_per_hour": 2000,
    "papers_per_hour": 2000,
}  # fmt: skip
"""What no institution may go beyond, in any setting: the bounds of the rules that guard persons (`learning_centers.rules`)."""


def _not_set(name: str) -> models.Q:
    return models.Q(superseded_in__isnull=False) | ~models.Q(name=name)


WITHIN_BOUNDS = [
    *(
        models.CheckConstraint(
            condition=_not_set(name) | models.Q(value__lte=most),
            name=f"rule_{name}_within_bounds",
            violation_error_message=_("This rule cannot have that value."),
        )
        for name, most in MOST.items()
    ),
    models.CheckConstraint(
        condition=_not_set("change_without_second_person") | models.Q(value__contained_by=LIGHT_CHANGES),
        name="rule_change_without_second_person_within_bounds",
        violation_error_message=_("This rule cannot have that value."),
    ),
]


class RuleSetting(Recorded, Dated):
    """What an institution has set instead of a shipped rule (`learning_centers.rules`), for a school, a province or a level
    path, on the days `[begin, end)`; the narrowest setting wins. A new setting supersedes, the earlier one stays known."""

    SCOPE = ScopePath(school="school")

    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="rule_settings", verbose_name=_("institution")
    )
    name = models.CharField(_("rule"), max_length=60)
    school = models.ForeignKey(
        School, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("school")
    )
    province_code = models.CharField(_("province"), max_length=6, blank=True)
    level_path = models.CharField(_("level path"), max_length=10, blank=True)
    value = models.JSONField(_("value"))
    source = models.CharField(_("source"), max_length=300, help_text=_("The regulation or decision that says so."))

    objects = RecordedQuerySet.as_manager()

    class Meta(Dated.Meta):
        abstract = False
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["institution", "name", models.F("begin").asc(nulls_first=True)]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["institution", "name", "school", "province_code", "level_path", "begin"],
                name="rule_set_once",
                condition=models.Q(superseded_in__isnull=True),
                nulls_distinct=False,
                violation_error_message=_("This rule is set from that day already."),
            ),
            *WITHIN_BOUNDS,
        ]

    def __str__(self) -> str:
        return self.name
