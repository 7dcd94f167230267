from typing import Any

from django.utils.translation import gettext_lazy as _

import enrollment.records.imports.codes  # noqa: F401 -- the codes of the rules below
from common.identifiers import IdentityNumber
from common.identifiers.credentials import DIPLOMA_FORM
from enrollment.admission.services.judging import USUAL_AGES, full_years
from enrollment.records.imports.columns import (
    CENTER,
    FORM,
    LEVEL_PATH,
    NATIONALITY,
    STUDENT_NO,
    ethnicity_of_citizens,
    major_columns,
    name_column,
)
from enrollment.records.imports.second_person import SECOND_PERSON
from enrollment.records.imports.students_store import StudentsStore
from exchange.cells import WRONG
from exchange.chunks import Chunk
from exchange.identity import identity_columns, number_agrees
from exchange.kinds import Column, FileKind, FileRule, RequiredIf, RowRule
from exchange.types import Code, Date, Enumerated, IdentityText, Length, Phone, Text

REGISTRY_NAME_BYTES = 40
Person = tuple[str, str]


class NewStudentsOnce(FileRule):
    """No number, person or candidate twice in a file (docs/files.md §6.3)."""

    def __init__(self) -> None:
        self.numbers: dict[str, Person | None] = {}
        self.persons: dict[Person, str | Any] = {}
        self.candidates: set[str] = set()

    def check(self, chunk: Chunk) -> None:
        columns = (chunk.values[name] for name in ("student_no", "id_no", "center_code", "candidate_no"))
        for index, (number, identity, center, candidate) in enumerate(zip(*columns, strict=True)):
            person = identity.person if isinstance(identity, IdentityNumber) else None
            if number is not None and number is not WRONG:
                self._number(chunk, index, number, person)
            if person:
                self._person(chunk, index, person, center)
            if candidate is not None and candidate is not WRONG:
                if candidate in self.candidates:
                    chunk.say(index, "candidate_no", "duplicate_in_file")
                self.candidates.add(candidate)

    def _number(self, chunk: Chunk, index: int, number: str, person: Person | None) -> None:
        if number not in self.numbers:
            self.numbers[number] = person
            return
        first = self.numbers[number]
        differ = person and first and person != first
        chunk.say(index, "student_no", "student_no_reused" if differ else "duplicate_in_file")

    def _person(self, chunk: Chunk, index: int, person: Person, center: Any) -> None:
        if person not in self.persons:
            self.persons[person] = center
            return
        first = self.persons[person]
        elsewhere = isinstance(center, str) and isinstance(first, str) and center != first
        chunk.say(index, "id_no", "same_person_two_centers" if elsewhere else "duplicate_in_file")


NEW_STUDENTS = FileKind(
    name="new_students",
    title=_("New students"),
    columns=(
        Column("candidate_no", _("Candidate number"), Code(r"\d{14}"), ("考生号",), "KSH", required=True, personal=True),
        STUDENT_NO,
        name_column(required=True),
        Column("sex", _("Sex"), Enumerated("sex"), ("性别",), "XB", required=True),
        Column("birth_date", _("Birth date"), Date(past=True), ("出生日期",), "CSRQ", required=True, personal=True,
               shown_in_clear=True),
        Column("id_type", _("Document type"), Enumerated("id_type"), ("证件类型",), "ZJLXM"),
        Column(
            "id_no", _("Document number"), IdentityText(), ("证件号码", "身份证号", "身份证号码"), "SFZH",
            required=True, personal=True,
        ),
        Column("political_status", _("Political status"), Enumerated("political_status"), ("政治面貌",), "ZZMM"),
        Column("ethnicity", _("Ethnicity"), Enumerated("ethnicity"), ("民族",), "MZ", required=True, may_be_empty=True),
        NATIONALITY,
        *major_columns(name_required=True),
        LEVEL_PATH,
        Column("length", _("Length"), Length(), ("学制",), "XZ", required=True),
        FORM,
        Column("entry_date", _("Entry date"), Date(), ("入学日期", "入学时间"), "RXRQ", required=True),
        Column("branch_name", _("Branch"), Text(), ("分院", "分院名称"), "FY"),
        CENTER,
        Column("class_name", _("Class"), Text(), ("班级", "班号"), "BH"),
        Column("expected_graduation", _("Expected graduation"), Date(), ("预计毕业日期",), "YJBYRQ"),
        Column(
            "prior_certificate_no", _("Number of the prior certificate"),
            Code(DIPLOMA_FORM), ("原毕业证书编号", "前置学历证书编号"), personal=True,
        ),
        Column("phone", _("Phone"), Phone(), ("联系电话", "手机号", "手机"), personal=True),
    ),
    key=("student_no",),
    duplicates_on="student_no",
    refinements=(identity_columns("id_type", "id_no"), ethnicity_of_citizens),
    row_rules=(
        *number_agrees("id_no"),
        RowRule(
            "age_unusual",
            "birth_date",
            ("birth_date", "entry_date"),
            lambda birth, entry: full_years(birth, entry) not in USUAL_AGES,
        ),
        RowRule("date_order", "expected_graduation", ("entry_date", "expected_graduation"), lambda entry, end: end <= entry),
        RequiredIf(
            "prior_certificate_no", ("level_path",), lambda path: path == "jc_to_ba", code="prior_credential_missing"
        ),
        RowRule(
            "name_too_long_for_registry",
            "name",
            ("name",),
            lambda name: len(name) > 10 and len(name.encode("gb18030")) > REGISTRY_NAME_BYTES,
        ),
    ),
    file_rules=lambda: [NewStudentsOnce()],
    store=StudentsStore,
    second_person=SECOND_PERSON,
)  # fmt: skip
