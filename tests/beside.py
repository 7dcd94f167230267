"""Two transactions in an order of our own: the second begins while the first is open, and is seen to wait for it."""

import threading
import time
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

from django.db import connection, transaction

from common.errors import DomainError

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid = %s"


class Beside(threading.Thread):
    """Works with a connection of its own, in the test's day and language."""

    def __init__(self, work: Callable[[], Any]) -> None:
        super().__init__()
        self.work, self.context = work, copy_context()
        self.answer: Any = None
        self.failure: Exception | None = None
        self.pid = 0

    def run(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                (self.pid,) = cursor.fetchone()
            self.answer = self.context.run(self.work)
        except DomainError as refusal:
            self.answer = refusal.code
        except Exception as failure:
            self.failure = failure
        finally:
            connection.close()

    def until_it_waits(self) -> None:
        for _ in range(1000):
            with connection.cursor() as cursor:
                cursor.execute(WAITING, [self.pid])
                if self.pid and cursor.fetchone()[0]:
                    return
            time.sleep(0.01)
        raise AssertionError("the second one did not wait for the first")


def one_after_the_other(first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    """What `second` returns, or the code that refuses it; it begins while the transaction of `first` is open."""
    beside = Beside(second)
    with transaction.atomic():
        first()
        beside.start()
        beside.until_it_waits()
    beside.join()
    if beside.failure:
        raise beside.failure
    return beside.answer
