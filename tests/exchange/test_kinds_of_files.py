import pytest

from exchange.issues import CODES, Code, register_codes
from exchange.kinds import all_kinds, kind_named, register
from exchange.types import Code as CodeType
from exchange.types import Date, Enumerated, Integer, Text
from tests.exchange.samples import CONTRACT

BUILT = ["schools_and_majors", "learning_centers", "admission_plan", "new_students", "status_changes"]
PERSONAL = {"candidate_no", "student_no", "name", "birth_date", "id_no", "prior_certificate_no", "phone"}

OUR_OWN = {
    "changed_since_seen",
    "institution_needed",
    "key_ambiguous", "plan_exceeded", "application_twice", "application_differs", "candidate_twice", "window_closed",
    "application_holds_place", "kind_not_recognised",
}  # fmt: skip
"""Codes beyond the contract: a file that fits two institutions; a province's plan and applications, which it does not know."""
OF_CASES = {
    "date_near_midnight": ("cell", "warning"), "columns_unread": ("file", "warning"),
    "record_count_differs": ("file", "warning"), "field_type_unread": ("file", "error"),
}  # fmt: skip
"""Codes that `tests/cases` has added to the contract."""


@pytest.mark.parametrize("name", BUILT)
def test_columns_are_those_of_the_contract(name):
    kind, table = kind_named(name), CONTRACT["kinds"][name]
    columns = [column for column in kind.columns if column.name != "nationality"]  # of `tests/cases`
    assert [(c.name, list(c.headers), c.registry, c.required) for c in columns] == [
        (row["name"], row["zh"], row["chsi"], row["required"] == "required") for row in table["columns"]
    ]
    assert kind.key == tuple(table["key"])
    assert kind.institution_of == table["institution"]
    assert kind.duplicates_on == table["dup_column"]
    for column, row in zip(columns, table["columns"], strict=True):
        if isinstance(column.type, CodeType):
            assert (column.type.pattern.pattern, column.type.pad) == (row["pattern"], row.get("pad", 0))
        if isinstance(column.type, Text):
            assert column.type.limit == row.get("max", 200)
        if isinstance(column.type, Integer):
            assert (column.type.low, column.type.high) == (row["min"], row["max"])
        if isinstance(column.type, Enumerated):
            assert column.type.name == row["enum"]
        if isinstance(column.type, Date):
            assert column.type.past == row.get("past", False)


def test_personal_columns_are_marked():
    assert {c.name for c in kind_named("new_students").columns if c.personal} == PERSONAL


def test_codes_mean_what_the_contract_says():
    tables = {name: (table["level"], table["severity"]) for name, table in CONTRACT["codes"].items()} | OF_CASES
    for name in CODES.keys() - OUR_OWN:
        assert (CODES[name].level, CODES[name].severity) == tables[name], name


def test_a_kind_or_code_is_registered_once():
    with pytest.raises(ValueError, match="twice"):
        register_codes({"required": Code("cell", "Something else")})
    kind = all_kinds()[0]
    assert register(kind) is kind
