from django.utils.translation import gettext_lazy as _

import enrollment.records.imports.codes  # noqa: F401 -- the codes of the rules below
from enrollment.records.imports.changes_store import ChangesStore
from enrollment.records.imports.columns import CENTER_CODE, MAJOR_CODE, STUDENT_NO, STUDY_FORM, name_column
from enrollment.records.imports.second_person import SECOND_PERSON
from exchange.cells import WRONG, Flawed, judge
from exchange.chunks import Chunk, DuplicateKeys
from exchange.kinds import Column, FileKind, RequiredIf
from exchange.types import Context, Date, Enumerated, Text

TARGETS = {"change_major": MAJOR_CODE, "change_center": CENTER_CODE, "change_form": STUDY_FORM}
KEY = ("student_no", "change_type", "effective_date")


def judge_targets(chunk: Chunk, context: Context) -> None:
    """Old and new value are a major code, a centre code or a study form, by the type of change (docs/files.md §6.4)."""
    for column in ("old_value", "new_value"):
        raw = chunk.raw.get(column)
        if raw is None:
            continue
        values = chunk.values[column]
        for index, change in enumerate(chunk.values["change_type"]):
            if change not in TARGETS or values[index] is None or values[index] is WRONG:
                continue
            value = judge(raw[index], TARGETS[change], context)
            if isinstance(value, Flawed):
                if value.value is WRONG:
                    chunk.refuse_cell(index, column, value.codes[0])
                    continue
                value = value.value
            values[index] = value


STATUS_CHANGES = FileKind(
    name="status_changes",
    title=_("Status changes"),
    columns=(
        STUDENT_NO,
        name_column(required=False),
        Column(
            "change_type",
            _("Type of change"),
            Enumerated("change_type"),
            ("异动类型", "异动类别"),
            "YDLX",
            required=True,
        ),
        Column("effective_date", _("Effective date"), Date(), ("生效日期", "异动日期"), "YDRQ", required=True),
        Column("decision_no", _("Decision number"), Text(), ("文号", "批文号", "决定文号")),
        Column("decision_date", _("Decision date"), Date(), ("批准日期",)),
        Column("old_value", _("Before"), Text(), ("变动前", "异动前")),
        Column("new_value", _("After"), Text(), ("变动后", "异动后")),
        Column("reason", _("Reason"), Text(), ("异动原因",), personal=True),
    ),
    key=KEY,
    duplicates_on="effective_date",
    refinements=(judge_targets,),
    row_rules=(
        RequiredIf("decision_no", ("change_type",), lambda change: change in ("expel", "cancel")),
        RequiredIf("new_value", ("change_type",), lambda change: change in TARGETS),
    ),
    file_rules=lambda: [DuplicateKeys(KEY, "effective_date")],
    store=ChangesStore,
    second_person=SECOND_PERSON,
)
