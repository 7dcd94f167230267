from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

import enrollment.records.imports.codes  # noqa: F401 -- the codes of the rules below
from common.batches import first_day
from common.identifiers import IdentityNumber
from common.identifiers.credentials import DIPLOMA_FORM
from enrollment.admission.imports.applications_store import ApplicationsStore
from enrollment.admission.services.judging import USUAL_AGES, full_years
from enrollment.records.imports.columns import CENTER, FORM, LEVEL_PATH, NATIONALITY, major_columns, name_column
from exchange.cells import WRONG
from exchange.chunks import Chunk
from exchange.identity import identity_columns, number_agrees
from exchange.kinds import Column, FileKind, FileRule, RequiredIf, RowRule
from exchange.types import Batch, Code, Date, Email, Enumerated, IdentityText, Number, Phone, Text


class ApplicantsOnce(FileRule):
    """No person and no candidate twice in a batch of a file."""

    def __init__(self) -> None:
        self.persons: dict[tuple[str, tuple[str, str]], Any] = {}
        self.candidates: set[tuple[str, str]] = set()

    def check(self, chunk: Chunk) -> None:
        columns = (chunk.values[name] for name in ("batch", "id_no", "center_code", "candidate_no"))
        for index, (batch, identity, center, candidate) in enumerate(zip(*columns, strict=True)):
            if batch is None or batch is WRONG:
                continue
            if isinstance(identity, IdentityNumber):
                self._person(chunk, index, (batch, identity.person), center)
            if candidate is not None and candidate is not WRONG:
                if (batch, candidate) in self.candidates:
                    chunk.say(index, "candidate_no", "duplicate_in_file")
                self.candidates.add((batch, candidate))

    def _person(self, chunk: Chunk, index: int, key: tuple[str, tuple[str, str]], center: Any) -> None:
        if key not in self.persons:
            self.persons[key] = center
            return
        first = self.persons[key]
        elsewhere = isinstance(center, str) and isinstance(first, str) and center != first
        chunk.say(index, "id_no", "same_person_two_centers" if elsewhere else "duplicate_in_file")


def _unusual_age(birth: date, batch: str) -> bool:
    return full_years(birth, first_day(batch)) not in USUAL_AGES


def _from_junior_college(path: str) -> bool:
    return path == "jc_to_ba"


APPLICATIONS = FileKind(
    name="applications",
    title=_("Applications"),
    columns=(
        Column("batch", _("Batch"), Batch(), ("批次", "入学批次", "招生批次", "报名批次"), required=True),
        CENTER,
        *major_columns(name_required=False),
        LEVEL_PATH,
        FORM,
        Column("candidate_no", _("Candidate number"), Code(r"\d{14}"), ("考生号",), "KSH", personal=True),
        name_column(required=True),
        Column("sex", _("Sex"), Enumerated("sex"), ("性别",), "XB", required=True),
        Column("birth_date", _("Birth date"), Date(past=True), ("出生日期",), "CSRQ", required=True, personal=True),
        Column("id_type", _("Document type"), Enumerated("id_type"), ("证件类型",), "ZJLXM"),
        Column(
            "id_no", _("Document number"), IdentityText(), ("证件号码", "身份证号", "身份证号码"), "SFZH",
            required=True, personal=True,
        ),
        Column("political_status", _("Political status"), Enumerated("political_status"), ("政治面貌",), "ZZMM"),
        Column("ethnicity", _("Ethnicity"), Enumerated("ethnicity"), ("民族",), "MZ"),
        NATIONALITY,
        Column("phone", _("Phone"), Phone(), ("联系电话", "手机号", "手机"), required=True, personal=True),
        Column("email", _("E-mail"), Email(), ("电子邮箱", "邮箱"), personal=True),
        Column("exam_score", _("Exam score"), Number("0", "900", places=1), ("录取成绩", "考试成绩", "总分"), personal=True),
        Column("prior_school", _("School of the prior diploma"), Text(100), ("原毕业学校", "专科毕业院校", "前置学历学校")),
        Column(
            "prior_certificate_no", _("Number of the prior certificate"),
            Code(DIPLOMA_FORM), ("原毕业证书编号", "前置学历证书编号"), personal=True,
        ),
        Column("prior_graduated_on", _("Day of the prior diploma"), Date(past=True), ("原毕业日期", "专科毕业日期")),
        Column("branch_name", _("Branch"), Text(), ("分院", "分院名称"), "FY"),
        Column("class_name", _("Class"), Text(), ("班级", "班号"), "BH"),
        Column("remark", _("Remark"), Text(300), ("备注",)),
    ),
    key=("batch", "id_no"),
    duplicates_on="id_no",
    refinements=(identity_columns("id_type", "id_no"),),
    row_rules=(
        *number_agrees("id_no"),
        RowRule("age_unusual", "birth_date", ("birth_date", "batch"), _unusual_age),
        RequiredIf("ethnicity", ("id_type",), lambda kind: kind == "resident_id"),
        RequiredIf("nationality", ("id_type",), lambda kind: kind == "passport"),
        RequiredIf("prior_certificate_no", ("level_path",), _from_junior_college, code="prior_credential_missing"),
        RequiredIf("prior_school", ("level_path",), _from_junior_college),
    ),
    file_rules=lambda: [ApplicantsOnce()],
    store=ApplicationsStore,
    handed_in_at=frozenset({"center"}),
)  # fmt: skip
