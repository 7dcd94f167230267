"""Imported as files come and counted as the files say: the figures need nothing that a registrar could not count by hand."""

import csv
from collections import Counter

import pytest

from learning_centers.models import Institution
from reporting.reports.figures import ask, compute
from reporting.reports.laws import check
from tests.builders import day
from tests.exchange.samples import CONTRACT, FOLDER

pytestmark = pytest.mark.django_db

ENDS_AFTER = {"graduate", "complete", "deceased"}


def spelt(enum, text):
    return next(value for value, spellings in CONTRACT["enums"][enum].items() if text in spellings)


def rows(name):
    with open(FOLDER / "base" / name, encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def stays():
    """(begin, end, state, row) of every stretch of a life, by the files alone; no sample moves in the base."""
    changes = {}
    for row in rows("05_status_changes.csv"):
        changes.setdefault(row["学号"], []).append((day(row["生效日期"]), spelt("change_type", row["异动类型"])))
    for row in rows("04_new_students.csv"):
        begin, state = day(row["入学日期"]), "active"
        for on, kind in sorted(changes.get(row["学号"], [])):
            end = on.fromordinal(on.toordinal() + 1) if kind in ENDS_AFTER else on
            yield begin, end, state, row
            begin, state = end, {"suspend": "suspended", "resume": "active"}.get(kind)
            if state is None:
                break
        else:
            yield begin, None, state, row


@pytest.mark.parametrize("as_of", ["2023-09-01", "2024-07-01", "2024-07-02", "2025-03-10", "2025-09-01", "2026-11-21"])
@pytest.mark.parametrize(
    ("dimension", "column", "enum"),
    [("center", "教学点代码", None), ("sex", "性别", "sex"), ("major", "专业代码", None), ("level_path", "层次", "level_path"),
     ("study_form", "学习形式", "study_form")],
)  # fmt: skip
def test_stocks_are_those_of_the_files(base_is_imported, as_of, dimension, column, enum):
    tables = [compute(ask(institution, day(as_of)), [(dimension,)]) for institution in Institution.objects.all()]
    for table in tables:
        check(table)
    for indicator, state in (("deg.stock", "active"), ("deg.suspended", "suspended")):
        expected = Counter(
            spelt(enum, row[column]) if enum else row[column]
            for begin, end, held, row in stays()
            if held == state and begin <= day(as_of) and (end is None or end > day(as_of))
        )
        found = Counter()
        for table in tables:
            found.update({key: values.get(indicator, 0) for (key,), values in table.cells[(dimension,)].items()})
        assert +found == expected
        assert sum(table.value(indicator) for table in tables) == expected.total()


def test_flows_are_those_of_the_files(base_is_imported):
    since, as_of = day("2024-01-01"), day("2026-09-01")
    found = Counter()
    for institution in Institution.objects.all():
        table = compute(ask(institution, as_of, since), [("school",), ("batch",)])
        check(table)
        found.update(table.cells[()][()])
        assert {key for key, _values in table.rows(("school",))} <= {(institution.code,)}
    happened = Counter(
        spelt("change_type", row["异动类型"])
        for row in rows("05_status_changes.csv")
        if since < day(row["生效日期"]) < as_of
    )
    for indicator, kind in (("graduates", "graduate"), ("completers", "complete"), ("suspensions", "suspend"),
                            ("resumed", "resume"), ("withdrawals", "withdraw")):  # fmt: skip
        assert found[f"deg.{indicator}"] == happened[kind] > 0
    entered = [day(row["入学日期"]) for row in rows("04_new_students.csv")]
    assert found["deg.entrants"] == sum(since < on <= as_of for on in entered) > 0
