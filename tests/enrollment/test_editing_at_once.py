"""A short run of `benchmarks/editors.py` (R15): no update is lost, the second editor is told, and without the check both fail."""

import pytest

from benchmarks.editors import STORED, TOLD, UNCHECKED, run


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_editors_one_is_told_and_nothing_is_lost():
    found = run(40)
    without = found.pop(UNCHECKED)
    assert (without.answers[TOLD], without.lost) == (0, without.pairs)
    assert len(found) == 5
    for name, tally in found.items():
        assert (tally.answers, tally.lost) == ({STORED: tally.pairs, TOLD: tally.pairs}, 0), name
