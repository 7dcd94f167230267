from reporting.services.checking import warnings_of_claims, warnings_of_return, warnings_of_run
from reporting.services.freezing import freeze_return, restate_return
from reporting.services.running import (
    compute_run,
    question_of,
    request_run,
    request_todays_runs,
    rows_of,
    run_for,
    school_year,
    scope_name,
)
from reporting.services.verifying import verified_runs

__all__ = [
    "compute_run",
    "freeze_return",
    "question_of",
    "request_run",
    "request_todays_runs",
    "restate_return",
    "rows_of",
    "run_for",
    "school_year",
    "scope_name",
    "verified_runs",
    "warnings_of_claims",
    "warnings_of_return",
    "warnings_of_run",
]
