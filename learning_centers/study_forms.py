"""Which study form admits to which batches (domain.md §2.1): 函授 and 业余 ended with the 2024 plan, 网络教育 with spring
2022, 非脱产 began in autumn 2025. Stored students keep the form they entered with."""

import datetime as dt

from common.batches import first_day

FIRST_BATCH = {"part_time": "2025-autumn"}
LAST_BATCH = {"correspondence": "2025-spring", "spare_time": "2025-spring", "online": "2022-spring"}
_FIRST = {form: first_day(batch) for form, batch in FIRST_BATCH.items()}
_LAST = {form: first_day(batch) for form, batch in LAST_BATCH.items()}


def admits(study_form: str, batch: str) -> bool:
    """Whether students may enter in this form in this batch (`2025-autumn`)."""
    start = first_day(batch)
    return _FIRST.get(study_form, dt.date.min) <= start <= _LAST.get(study_form, dt.date.max)
