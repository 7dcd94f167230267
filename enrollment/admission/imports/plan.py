from django.utils.translation import gettext_lazy as _

import enrollment.records.imports.codes  # noqa: F401 -- the codes of the rules below
from enrollment.admission.imports.plan_store import PlanStore
from enrollment.records.imports.columns import CENTER, FORM, LEVEL_PATH, major_columns
from exchange.chunks import DuplicateKeys
from exchange.kinds import Column, FileKind
from exchange.types import Batch, Integer, Text

KEY = ("batch", "center_code", "major_code", "level_path", "study_form")

ADMISSION_PLAN = FileKind(
    name="admission_plan",
    title=_("Admission plan"),
    columns=(
        Column("batch", _("Batch"), Batch(), ("批次", "入学批次", "招生批次"), required=True),
        CENTER,
        *major_columns(name_required=False),
        LEVEL_PATH,
        FORM,
        Column("quota", _("Quota"), Integer(0, 5000), ("计划数", "招生计划", "计划人数"), required=True),
        Column("remark", _("Remark"), Text(), ("备注",)),
    ),
    key=KEY,
    duplicates_on="major_code",
    file_rules=lambda: [DuplicateKeys(KEY, "major_code")],
    store=PlanStore,
)
