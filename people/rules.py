"""The rules of this app, with their defaults and sources."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.rules import AN_HOUR, PRIVACY, ROWS, RULES, Rule
from learning_centers.models.rules import MOST

LISTED_AT_LEAST = 200
"""Two full pages: so many records nobody can be denied, and up to there no page asks for the rule."""


def _hourly(name: str, label: Promise, default: int, *, least: int = 1) -> Rule:
    """How much of persons one user is shown within an hour (docs/rules.md §8, `people.services.limits`)."""
    return Rule(name, label, int, default, PRIVACY, AN_HOUR, least=least, most=MOST[name], guards=True)


RULES.register(
    # docs/rules.md §8, PIPL art. 51–57
    Rule(
        "export_rows_alone",
        _("Exports of persons need a second person above"),
        int,
        500,
        PRIVACY,
        ROWS,
        least=0,
        most=MOST["export_rows_alone"],
        guards=True,
    ),
    _hourly("number_searches_per_hour", _("Searches by identity number, for each user at most"), 60),
    _hourly("number_checks_per_hour", _("Identity numbers checked while typing, for each user at most"), 240),
    _hourly("reveals_per_hour", _("Numbers and reasons shown in clear, for each user at most"), 30),
    _hourly(
        "listed_per_hour",
        _("Records of persons shown in lists, for each user at most"),
        3000,
        least=LISTED_AT_LEAST,
    ),
    _hourly("printed_per_hour", _("Persons on printed pages, for each user at most"), 500),
    _hourly("papers_per_hour", _("Documents of persons opened, for each user at most"), 400),
)
