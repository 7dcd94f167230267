import datetime as dt
import random
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from common.codes.regions import MAINLAND_PROVINCES, regions
from common.identifiers.citizen import checked_number
from common.identifiers.organizations import unified_social_credit_code
from demo.lives import Lives, Target, Terms
from demo.people import People
from demo.places import credit_code
from enrollment.records.life import Entry, live

TODAY = dt.date(2026, 11, 21)
PATHS = ["sec_to_jc", "jc_to_ba", "sec_to_ba"]
seeds = st.integers(0, 2**32)
entry_days = st.sampled_from([dt.date(year, month, 1) for year in range(2020, 2027) for month in (3, 9)])


@given(seeds, st.sampled_from(MAINLAND_PROVINCES), entry_days, st.sampled_from(PATHS))
def test_numbers_are_valid_and_belong_to_nobody(seed, province, entered, path):
    people = People(random.Random(seed))
    persons = [people.person(province, entered, path) for _ in range(20)]
    residents = [person for person in persons if person.id_type == "resident_id"]
    for person in residents:
        judged = checked_number("resident_id", person.id_no, TODAY)
        assert (judged.birth, judged.sex) == (person.birth_date, person.sex)
        assert person.id_no[:6] not in regions()
        assert 17 <= (entered - person.birth_date).days / 365.25 <= 51
    assert len({person.id_no for person in persons}) == len(persons)
    assert all(person.phone == "" or person.phone.startswith("+86140") for person in persons)


def test_a_crowded_birthday_runs_through_the_invented_counties():
    people = People(random.Random(1))
    numbers = {people.identity_number("430000", dt.date(2000, 1, 1), female=True) for _ in range(1_200)}
    assert len(numbers) == 1_200
    assert {number[4:6] for number in numbers} == {"00", "01", "02"}


@given(seeds)
def test_hosts_have_valid_codes(seed):
    code = credit_code(random.Random(seed))
    assert unified_social_credit_code(code) == code


def terms(entered: dt.date, years: str, *, complete_from: str = "2025-03-01") -> Terms:
    first = dt.date.fromisoformat(complete_from)
    return Terms(
        entry_date=entered,
        years=Decimal(years),
        carried_over=entered < first,
        complete_from=first,
        until=dt.date(2026, 11, 1),
        center_code="4301",
        major_code="081502",
        other_center=lambda _on: Target("4302", center_id=2),
        other_major=lambda _on: Target("081401", programme_version_id=2),
    )


@given(seeds, entry_days, st.sampled_from(["2.5", "5"]))
def test_lives_are_coherent_and_end_where_the_records_do(seed, entered, years):
    lives, given_terms = Lives(random.Random(seed)), terms(entered, years)
    for _ in range(50):
        changes = lives.changes(given_terms)
        days = [change.effective_date for change in changes]
        assert days == sorted(set(days))
        assert all(entered <= day <= given_terms.until for day in days)
        life = live(Entry(entered, 1, 1), [change.change for change in changes])
        if given_terms.carried_over:
            assert life.last.end is None or life.last.end > given_terms.complete_from


def test_every_kind_of_event_comes_up():
    lives = Lives(random.Random(3))
    drawn = [lives.changes(terms(dt.date(2023, 3, 1), "2.5", complete_from="2023-03-01")) for _ in range(6_000)]
    kinds = {change.kind for changes in drawn for change in changes}
    assert kinds == {
        "suspend", "resume", "change_major", "change_center", "graduate", "complete", "incomplete", "withdraw", "expel",
        "transfer_out", "deceased", "cancel",
    }  # fmt: skip


def test_the_same_seed_makes_the_same_people_and_lives():
    made = [
        (
            [people.person("430000", dt.date(2025, 9, 1), "jc_to_ba") for _ in range(100)],
            [lives.changes(terms(dt.date(2024, 3, 1), "2.5")) for _ in range(100)],
        )
        for people, lives in ((People(random.Random(7)), Lives(random.Random(8))) for _ in range(2))
    ]
    assert made[0] == made[1]
