"""The rules of this app, with their defaults and sources."""

from django.utils.translation import gettext_lazy as _

from common.rules import AN_HOUR, CHOSEN, RULES, Rule

RULES.register(
    Rule(
        "statistics_per_hour",
        _("Statistics asked for, by each user at most"),
        int,
        30,
        CHOSEN,
        AN_HOUR,
        least=1,
        most=300,
    ),
    Rule(
        "statistics_at_once", _("Statistics under way at once, for each user at most"), int, 2, CHOSEN, least=1, most=10
    ),
)
