"""Which study form admits to which batches (docs/rules.md §2.1): 函授 and 业余 ended with the 2024 plan, 网络教育 with spring
2022, 非脱产 began in autumn 2025. The batches are rules, so that an institution, a school or a province can set others. Stored
students keep the form they entered with."""

import datetime as dt
from typing import Any

from common.batches import first_day
from common.rules import RULES
from learning_centers.rules import Rulebook

AS_SHIPPED = Rulebook({})
STUDY_FORM_RULES = tuple(name for name in RULES if name.startswith(("first_batch_", "last_batch_")))


def admits(study_form: str, batch: str, book: Rulebook = AS_SHIPPED, **place: Any) -> bool:
    """Whether students may enter in this form in this batch (`2025-autumn`) by the rules of `book`; `place` tells where, as
    `Rulebook.rule` takes it (school_id, province_code, level_path)."""
    start = first_day(batch)
    bounds = {end: _bound(f"{end}_batch_{study_form}", start, book, place) for end in ("first", "last")}
    return (bounds["first"] or dt.date.min) <= start <= (bounds["last"] or dt.date.max)


def _bound(name: str, start: dt.date, book: Rulebook, place: dict[str, Any]) -> dt.date | None:
    batch = book.rule(name, on=start, **place) if name in RULES else ""
    return first_day(batch) if batch else None
