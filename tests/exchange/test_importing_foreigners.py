"""Foreigners among new students: no ethnicity, a nationality if the file says one; else the record lacks it, and says so."""

import csv
import io

import pytest

from enrollment.duties.reports.missing import students_lacking
from enrollment.models import Student
from exchange.importing import result_of
from people.models import PersonFacts
from tests.exchange.importing import imported
from tests.exchange.samples import FOLDER

pytestmark = pytest.mark.django_db
FILE = "files/new_students/correction_2_corrected.csv"
PASSPORT = {"Id No": "L898902C3", "ethnicity": ""}


def a_file(*, column=None, nationality="", **changed):
    reader = csv.DictReader(io.StringIO((FOLDER / FILE).read_text("utf-8-sig")))
    row = next(reader) | changed | ({column: nationality} if column else {})
    out = io.StringIO()
    writer = csv.DictWriter(out, [*reader.fieldnames, *([column] if column else [])])
    writer.writeheader()
    writer.writerow(row)
    return out.getvalue().encode()


def brought(content):
    result = result_of(imported("new_students", "a.csv", content))
    errors = [(one["column"], one["code"]) for one in result["rows"] if one["severity"] == "error"]
    return errors or PersonFacts.objects.current().order_by("-pk")[0]


def test_a_foreigner_is_stored_without_ethnicity_and_with_a_nationality(base_is_imported):
    facts = brought(a_file(column="国籍", nationality="苏丹", **PASSPORT))
    assert (facts.nationality, facts.ethnicity) == ("SDN", "")
    assert not students_lacking(Student.objects.filter(person=facts.person), "nationality").exists()
    assert not students_lacking(Student.objects.filter(person=facts.person), "ethnicity").exists()


def test_a_foreigner_of_unknown_nationality_is_stored_and_lacks_it(base_is_imported):
    facts = brought(a_file(**PASSPORT))
    assert (facts.nationality, facts.ethnicity) == ("", "")
    assert students_lacking(Student.objects.all(), "nationality").get().person == facts.person


def test_the_nationality_is_added_by_a_later_file(base_is_imported):
    brought(a_file(**PASSPORT))
    result = result_of(imported("new_students", "a.csv", a_file(column="国别", nationality="KAZ", **PASSPORT)))
    assert result["changes"] == [{"row": 2, "columns": ["nationality"]}]
    assert PersonFacts.objects.current().order_by("-pk")[0].nationality == "KAZ"


@pytest.mark.parametrize(
    ("changed", "errors"),
    [
        ({"ethnicity": ""}, [("ethnicity", "required")]),
        ({**PASSPORT, "column": "国籍", "nationality": "中国"}, [("ethnicity", "required")]),
        ({**PASSPORT, "column": "国籍", "nationality": "Korea"}, [("nationality", "nationality_ambiguous")]),
        ({"Id No": "", "ethnicity": ""}, [("ethnicity", "required"), ("id_no", "required")]),
    ],
)
def test_citizens_have_an_ethnicity(base_is_imported, changed, errors):
    assert brought(a_file(**changed)) == errors
