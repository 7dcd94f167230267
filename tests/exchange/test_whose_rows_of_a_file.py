"""Whose rows a file holds: what its rows name, the institution it is for, or that of the class or student (docs/files.md §1.3)."""

import pytest

from common.errors import DomainError, NotAllowed
from common.ledger import recording
from enrollment.models import Student
from exchange import kinds
from exchange.importing import Store, import_file, unfinished_import
from exchange.importing.rows import CREATED
from exchange.kinds import Column, FileKind, InstitutionOf
from exchange.models import ImportBatch
from exchange.types import Text
from learning_centers.models import LearningCenter, Organization
from learning_centers.services.organizations import OrganizationDraft, register_organizations
from tests.builders import a_center, a_student, a_user, an_institution, the_system
from tests.exchange.importing import brought, imported

pytestmark = pytest.mark.django_db
State = ImportBatch.State
IMPORT = "exchange.import_file"
LINES = "合作单位,编号\n中石化炼化,{}\n".format


class NamesOfOrganizations(Store):
    """Notes the organizations that rows name, for the institution of the file or of what the rows name."""

    def plan(self, rows):
        owners = self.owners(rows)
        for row in rows:
            row.institution_id = owners(row)
            if row.institution_id is None:
                row.say("code", f"{self.what}_unknown")
            elif not Organization.objects.filter(institution=row.institution_id, name=row["name"]).exists():
                row.outcome = CREATED

    def owners(self, rows):
        found = self.desk.by_code(*self.queryset(), {row["code"] for row in rows}, column="code")
        return lambda row: found[row["code"]].institution_id if row["code"] in found else None

    def write(self, rows, entry, institution):
        register_organizations(institution, [OrganizationDraft(name=row["name"]) for row in rows], entry=entry)


class OfTheFile(NamesOfOrganizations):
    def owners(self, rows):
        return lambda row: self.desk.institution.pk


class OfTheCenter(NamesOfOrganizations):
    what = "center"

    def queryset(self):
        return LearningCenter.objects.current(), "code"


class OfTheStudent(NamesOfOrganizations):
    what = "student"

    def queryset(self):
        return Student.objects.current(), "student_no"


STORES = {InstitutionOf.FILE: OfTheFile, InstitutionOf.CLASS: OfTheCenter, InstitutionOf.STUDENT: OfTheStudent}


@pytest.fixture(autouse=True)
def toys(monkeypatch):
    monkeypatch.setattr(kinds._KINDS, "_things", dict(kinds._KINDS))
    for of, store in STORES.items():
        columns = (
            Column("name", "合作单位", Text(50), ("合作单位",), required=True),
            Column("code", "编号", Text(20), ("编号",), required=True),
        )
        terms = {"store": store, "institution_of": of, "handed_in_at": frozenset({"partner"})}
        kinds.register(FileKind(f"toys_of_{of}", "toys", columns, ("name",), "name", **terms))


@pytest.fixture
def homes():
    return an_institution(), an_institution("10534", "湖南科技大学")


def bring(of, code="0101", **options):
    return imported(f"toys_of_{of}", "toys.csv", LINES(code).encode(), **options)


def owners():
    return set(Organization.objects.values_list("institution__code", flat=True))


def refusals(batch):
    return [(issue.row, issue.column, issue.code) for issue in batch.issues.all()]


def test_the_institution_named_with_the_file_owns_its_rows(homes):
    assert bring("file", institution=homes[1]).status == State.COMMITTED
    assert owners() == {"10534"}
    bring("file", institution=homes[0])
    assert owners() == {"10534", "11414"}


def test_a_file_for_no_institution_is_for_the_only_one_of_who_brings_it(homes):
    registrar = a_user("registrar", IMPORT, at=homes[0])
    batch = bring("file", by=registrar)
    assert (batch.status, batch.institution) == (State.COMMITTED, homes[0])
    assert owners() == {"11414"}


def test_a_file_for_no_institution_is_refused_where_it_could_be_of_several(homes):
    batch = bring("file")
    assert batch.status == State.REFUSED
    assert refusals(batch) == [(None, "", "institution_required")]
    assert not Organization.objects.exists()


def test_a_file_for_no_institution_is_refused_to_an_outsider():
    with pytest.raises(NotAllowed):
        bring("file", by=a_user("outsider"))


def test_a_file_that_cannot_be_read_is_refused_for_that(homes):
    batch = imported("toys_of_file", "toys.csv", "合作单位,编号\n".encode())
    assert refusals(batch) == [(None, "", "no_data_rows")]


@pytest.mark.parametrize("of", ["class", "student"])
def test_a_row_belongs_to_the_institution_of_what_it_names(homes, of):
    student = a_student(a_center(homes[1]))
    code = student.student_no if of == "student" else "0101"
    assert bring(of, code).status == State.COMMITTED
    assert owners() == {"10534"}


@pytest.mark.parametrize("of", ["class", "student"])
def test_a_code_of_two_institutions_is_told_from_one_of_none(homes, of):
    students = [a_student(a_center(home), student_no="S0000001") for home in homes]
    code = students[0].student_no if of == "student" else "0101"
    assert refusals(bring(of, code)) == [(None, "code", "key_ambiguous")]
    assert bring(of, code, institution=homes[1]).status == State.COMMITTED
    assert owners() == {"10534"}


def test_the_named_institution_is_a_wall(homes):
    a_center(homes[0])
    batch = bring("class", institution=homes[1])
    assert refusals(batch) == [(2, "code", "center_unknown")]
    assert not Organization.objects.exists()


def test_what_is_within_no_reach_of_who_brings_the_file_does_not_exist(homes):
    for home in homes:
        a_center(home)
    registrar = a_user("registrar", IMPORT, at=homes[0])
    bring("class", by=registrar)
    assert owners() == {"11414"}


def test_a_cut_off_file_for_the_only_institution_is_found_again(homes):
    registrar = a_user("registrar", IMPORT, at=homes[0])
    batch = bring("file", by=registrar)
    ImportBatch.objects.filter(pk=batch.pk).update(status=State.COMMITTING)
    known = {"content": LINES("0101").encode(), "by": registrar}
    assert unfinished_import("toys_of_file", **known) == batch
    assert unfinished_import("toys_of_file", institution=homes[1], **known) is None


def a_partner(home, name="中石化"):
    with recording(home, by=the_system(), reason="tests.partner") as entry:
        key = register_organizations(home, [OrganizationDraft(name=name)], entry=entry)
    return Organization.objects.get(pk=next(iter(key.values())))


def test_a_partner_hands_in_a_file_and_sees_its_own_alone(homes):
    partner, other = a_partner(homes[0]), a_partner(homes[0], "中海油")
    clerk, colleague = a_user("clerk", IMPORT, at=partner), a_user("colleague", IMPORT, at=other)
    batch = import_file(brought("toys_of_file", "toys.csv", LINES("1").encode(), by=clerk, partner=partner))
    assert (batch.status, batch.institution, batch.partner) == (State.COMMITTED, homes[0], partner)
    assert list(ImportBatch.objects.visible_to(clerk)) == [batch]
    assert not ImportBatch.objects.visible_to(colleague)
    with pytest.raises(NotAllowed):
        brought("toys_of_file", "toys.csv", b"", by=colleague, partner=partner)


def test_a_partner_hands_in_no_kind_that_is_not_for_partners(homes):
    partner = a_partner(homes[0])
    with pytest.raises(DomainError) as refusal:
        brought("new_students", "n.csv", b"", by=a_user("clerk", IMPORT, at=partner), partner=partner)
    assert refusal.value.code == "kind_unknown"
