"""The rush for places (R3): registrars' clients accept more applications than there are places, all at once, over HTTP.

`python benchmarks/rush.py [--seeds N] [--places P] [--seats S] [--no-locks]`: two web processes and PostgreSQL, 16 keep-alive
clients; twice as many applications as places, 10 % of the requests come again, 5 % hang up before the answer. Every place must
be sold, none twice, and every other request refused for that reason.

With `--no-locks` the servers read and count places without locks and the table's check is dropped in the throw-away database:
then the race must be seen to oversell, or this benchmark would prove nothing.
"""

import argparse
import http.client
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from django.db import connection
from django.urls import reverse
from django.utils.html import escape

from benchmarks.applicants import Seat, a_registrars_session, a_rush
from benchmarks.databases import prepared
from enrollment.admission.models.applications import HOLDING
from enrollment.admission.services.refusals import sentence
from enrollment.models import AdmissionPlace, Application
from tests.web import web_server

CLIENTS, WEB_PROCESSES, THREADS = 16, 2, 4
REPEAT, HANG_UP = 0.10, 0.05
TOKEN = "a" * 32
FULL = escape(str(sentence("quota_exceeded")))
DECIDED = escape(str(sentence("move_not_possible")))


@dataclass
class Tally:
    answers: Counter[str] = field(default_factory=Counter)
    accepted: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, answer: str, application: str) -> None:
        with self.lock:
            self.answers[answer] += 1
            if answer == "accepted":
                self.accepted.add(application)


def request_of(application: str, session: str) -> tuple[str, str, bytes, dict[str, str]]:
    headers = {
        "Cookie": f"sessionid={session}; csrftoken={TOKEN}",
        "X-CSRFToken": TOKEN,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    return "POST", reverse("admin:enrollment_application_accept", args=(application,)), b"comment=", headers


def what_came(status: int, body: str) -> str:
    if status == 302:
        return "accepted"
    if status == 200 and FULL in body:
        return "quota_exceeded"
    if status == 200 and DECIDED in body:
        return "move_not_possible"
    return f"unexpected {status}"


def client(port: int, session: str, work: SimpleQueue, start: threading.Barrier, tally: Tally) -> None:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    line.request("GET", reverse("admin:enrollment_application_changelist"), headers={"Cookie": f"sessionid={session}"})
    assert line.getresponse().read(), "the servers are warm, the line is open"
    start.wait()
    while True:
        try:
            application, hangs_up = work.get_nowait()
        except Empty:
            return
        line.request(*request_of(application, session))
        if hangs_up:
            line.close()
            tally.add("hung up", application)
            continue
        answer = line.getresponse()
        tally.add(what_came(answer.status, answer.read().decode()), application)


def the_queue(seats: list[Seat], source: random.Random) -> SimpleQueue:
    """Place after place, so that all who want one come at once."""
    work: SimpleQueue = SimpleQueue()
    for seat in source.sample(seats, len(seats)):
        asked = [*seat.applications, *(one for one in seat.applications if source.random() < REPEAT)]
        for application in source.sample(asked, len(asked)):
            work.put((application, source.random() < HANG_UP))
    return work


def run(port: int, session: str, seats: list[Seat], seed: int) -> tuple[Tally, int, float]:
    work, tally = the_queue(seats, random.Random(seed)), Tally()
    attempts, start = work.qsize(), threading.Barrier(CLIENTS + 1)
    threads = [threading.Thread(target=client, args=(port, session, work, start, tally)) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    start.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - begun
    settle()
    return tally, attempts, elapsed


def settle() -> None:
    """Wait for what the servers still do for those who hung up: nothing has changed for a while."""
    seen, since = -1, time.monotonic()
    while time.monotonic() - since < 1.5:
        held = Application.objects.filter(status__in=HOLDING).count()
        if held != seen:
            seen, since = held, time.monotonic()
        time.sleep(0.2)


def judge(seats: list[Seat], tally: Tally) -> tuple[int, int, int]:
    """Sold, sold too many, left unsold; asserts that each acceptance that a client saw is stored."""
    over = under = sold = 0
    for seat in seats:
        place = AdmissionPlace.objects.current().get(pk=seat.place)
        held = Application.objects.filter(public_id__in=seat.applications, status__in=HOLDING).count()
        sold += held
        over += max(0, held - place.quota)
        under += max(0, place.quota - held)
    stored = Application.objects.filter(public_id__in=tally.accepted, status__in=HOLDING).count()
    assert stored == len(tally.accepted), "an acceptance that was answered is not stored"
    return sold, over, under


def main(seeds: int, places: int, seats_each: int, *, locks: bool = True) -> int:
    failures = 0
    connection.settings_dict["TEST"]["NAME"] = f"rush_{os.getpid()}"  # beside a suite that runs at the same server
    with prepared():
        session = a_registrars_session()
        if not locks:
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE enrollment_admissionplace DROP CONSTRAINT admission_place_not_oversold")
        application = "ceportal.wsgi:application" if locks else "benchmarks.without_locks:application"
        with web_server(application, processes=WEB_PROCESSES, threads=THREADS) as port:
            for seed in range(seeds):
                seats = a_rush(seed, places, seats_each)
                tally, attempts, elapsed = run(port, session, seats, seed)
                sold, over, under = judge(seats, tally)
                unexpected = sum(count for answer, count in tally.answers.items() if answer.startswith("unexpected"))
                print(
                    f"rush seed {seed}: {attempts} attempts for {places} × {seats_each} places by {CLIENTS} clients in"
                    f" {elapsed:.1f} s ({attempts / elapsed:.0f}/s): sold {sold}, over {over}, under {under},"
                    f" {dict(sorted(tally.answers.items()))}",
                    flush=True,
                )
                wrong = over or under or unexpected
                failures += bool(wrong) if locks else over == 0
        connection.close()
    if not locks:
        print("without locks the race oversells" if not failures else "WITHOUT LOCKS NOTHING WAS OVERSOLD")
    return 1 if failures else 0


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seeds", type=int, default=1)
    options.add_argument("--places", type=int, default=20)
    options.add_argument("--seats", type=int, default=10)
    options.add_argument("--no-locks", action="store_true")
    asked = options.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers and database go, too
    sys.exit(main(asked.seeds, asked.places, asked.seats, locks=not asked.no_locks))
