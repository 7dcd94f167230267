"""What the institution's rules say where an application stands: the school and path of its programme, its centre's province."""

import datetime as dt
from typing import Any

from enrollment.admission.models.applications import Application
from learning_centers.rules import Rulebook


def ruled(name: str, application: Application, *, on: dt.date | None = None, book: Rulebook | None = None) -> Any:
    """As on the batch's first day, if no other is asked; `book` spares the query to who asks much."""
    offering = application.center_offering
    book = book or Rulebook.of(application.institution, name)
    return book.rule(
        name,
        on=on or application.batch.starts_on,
        school_id=offering.programme_version.programme.school_id,
        province_code=offering.center.province_code,
        level_path=offering.programme_version.programme.level_path,
    )
