"""Students of whom something is not known that the registry and the figures ask for."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.codes.countries import NOT_FOREIGN
from people.models import PersonFacts

MISSING = {
    "nationality": Q(nationality=""),
    "ethnicity": Q(ethnicity="", nationality__in=NOT_FOREIGN),
}
"""What is missing in the facts about a person; foreigners have no ethnicity."""

NAMES = [("nationality", _("nationality")), ("ethnicity", _("ethnicity"))]


def students_lacking(students: Any, what: str) -> Any:
    """Of a queryset of students those whose `what` is not known. Raises KeyError."""
    return students.filter(person__in=PersonFacts.objects.current().filter(MISSING[what]).values("person"))
