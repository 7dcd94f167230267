"""Names of slice values for people: the code stays, the name stands beside it."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from common.families import Dimension


def labels(institution: Any, dimension: Dimension, values: Iterable[str | None]) -> dict[str | None, str]:
    """The label of each canonical value of a dimension; None is "unknown"."""
    wanted = {value for value in values if value}
    found: dict[str | None, str] = {None: _("unknown"), **{value: value for value in wanted}}
    found.update(dimension.labels(institution, wanted).items())
    return found
