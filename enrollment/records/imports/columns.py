"""Columns that several kinds of this app share."""

from django.utils.translation import gettext_lazy as _

from common.identifiers import is_foreigner
from exchange.chunks import Chunk
from exchange.kinds import Column
from exchange.types import Code, Context, Enumerated, Name, Nationality, Text

MAJOR_CODE = Code(r"\d{6}(T|K|TK)?", pad=6)
CENTER_CODE = Code(r"\d{4}", pad=4)
STUDY_FORM = Enumerated("study_form")
STUDENT_NO = Column(
    "student_no", _("Student number"), Code("[A-Z0-9]{6,15}"), ("学号",), "XH", required=True, personal=True,
    shown_in_clear=True,
)  # fmt: skip


def name_column(*, required: bool) -> Column:
    return Column("name", _("Name"), Name(), ("姓名",), "XM", required=required, personal=True, shown_in_clear=True)


def major_columns(*, name_required: bool) -> tuple[Column, Column]:
    return (
        Column("major_code", _("Major code"), MAJOR_CODE, ("专业代码", "专业编码"), "ZYDM", required=True),
        Column("major_name", _("Major name"), Text(50), ("专业名称", "专业"), "ZYMC", required=name_required),
    )


CENTER = Column(
    "center_code", _("Center code"), CENTER_CODE, ("教学点代码", "教学点编号", "站点代码"), "XSH", required=True
)
LEVEL_PATH = Column("level_path", _("Level path"), Enumerated("level_path"), ("层次", "培养层次"), "CC", required=True)
NATIONALITY = Column("nationality", _("Nationality"), Nationality(), ("国籍", "国别"))
FORM = Column("study_form", _("Study form"), STUDY_FORM, ("学习形式",), "XXXS", required=True)


def ethnicity_of_citizens(chunk: Chunk, context: Context) -> None:
    """A refinement: the ethnicity may be empty for foreigners alone."""
    columns = (chunk.values[name] for name in ("ethnicity", "id_type", "nationality"))
    for index, (ethnicity, document, nationality) in enumerate(zip(*columns, strict=True)):
        if ethnicity is None and not is_foreigner(document, nationality):
            chunk.say(index, "ethnicity", "required")
