"""What is judged by today can be judged as on another day, and only inside."""

import datetime as dt
from types import SimpleNamespace

from common.dates import as_on, today

SHANGHAI = SimpleNamespace(time_zone="Asia/Shanghai")
A_DAY, ANOTHER = dt.date(2022, 3, 1), dt.date(2023, 9, 1)


def test_the_day_holds_inside_and_for_every_institution():
    real = today(SHANGHAI)
    with as_on(A_DAY):
        assert today(SHANGHAI) == today() == A_DAY
        with as_on(ANOTHER):
            assert today() == ANOTHER
        assert today() == A_DAY
    assert today(SHANGHAI) == real


def test_the_day_ends_with_an_error_too():
    real = today()
    try:
        with as_on(A_DAY):
            raise ValueError
    except ValueError:
        assert today() == real
