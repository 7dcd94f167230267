from django.utils.translation import gettext_lazy as _

import learning_centers.imports.codes  # noqa: F401 -- the codes of the rules below
from common.batches import first_day
from common.identifiers import IdentifierError, school_identifier
from exchange.chunks import DuplicateKeys
from exchange.kinds import Column, FileKind, RowRule
from exchange.types import Batch, Code, Enumerated, Length, Text
from learning_centers.imports.majors_store import KEY, MajorsStore

MAJOR_CODE = Code(r"\d{6}(T|K|TK)?", pad=6)
SCHOOL_CODE = Code(r"\d{5}", pad=5)
JUNIOR_COLLEGE = range(41, 60)
BACHELOR = frozenset({*range(1, 15), *range(21, 40)})


def _contradicts(identifier: str, code: str) -> bool:
    try:
        school_identifier(identifier, school=code)
    except IdentifierError:
        return True
    return False


def _of_another_level(major_code: str, level_path: str) -> bool:
    return int(major_code[:2]) not in (JUNIOR_COLLEGE if level_path == "sec_to_jc" else BACHELOR)


SCHOOLS_AND_MAJORS = FileKind(
    name="schools_and_majors",
    title=_("Schools and the majors they offer"),
    columns=(
        Column("school_code", _("School code"), SCHOOL_CODE, ("学校代码", "院校代码"), "XXDM", required=True),
        Column("school_name", _("School name"), Text(), ("学校名称", "院校名称"), "XXMC", required=True),
        Column("school_identifier", _("School identifier"), Code(r"\d{10}"), ("学校标识码",)),
        Column("major_code", _("Major code"), MAJOR_CODE, ("专业代码", "专业编码"), "ZYDM", required=True),
        Column("major_name", _("Major name"), Text(50), ("专业名称", "专业"), "ZYMC", required=True),
        Column("level_path", _("Level path"), Enumerated("level_path"), ("层次", "培养层次"), "CC", required=True),
        Column("study_form", _("Study form"), Enumerated("study_form"), ("学习形式",), "XXXS", required=True),
        Column("length", _("Length"), Length(), ("学制",), "XZ", required=True),
        Column("open_from", _("First batch"), Batch(), ("开设批次", "起始批次"), required=True),
        Column("open_to", _("Last batch"), Batch(), ("停办批次", "截止批次")),
    ),
    key=KEY,
    duplicates_on="major_code",
    row_rules=(
        RowRule("school_identifier_mismatch", "school_identifier", ("school_identifier", "school_code"), _contradicts),
        RowRule("major_level_mismatch", "major_code", ("major_code", "level_path"), _of_another_level),
        RowRule(
            "date_order", "open_to", ("open_from", "open_to"), lambda start, end: first_day(end) < first_day(start)
        ),
    ),
    file_rules=lambda: [DuplicateKeys(KEY, "major_code")],
    store=MajorsStore,
)
