"""Typing identity numbers tells something of who is known: each number that is checked is counted and limited for its typist."""

from typing import Any

from people.services.limits import Kind, count_disclosures


def count_number_check(number: str | None, *, by: Any) -> None:
    """Before a number is compared with what is known, and outside of the transaction that may be taken back. An empty one is none.

    Raises DomainError `too_many_this_hour`.
    """
    if number:
        count_disclosures(Kind.NUMBER_CHECK, by=by)
