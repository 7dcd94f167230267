from django.utils.translation import gettext_lazy as _

from exchange.chunks import DuplicateKeys
from exchange.kinds import Column, FileKind, RequiredIf, RowRule
from exchange.types import Code, CodeList, CreditCode, Date, Enumerated, ProvinceCode, RegionCode, Text
from learning_centers.imports.centers_store import CentersStore
from learning_centers.imports.majors import SCHOOL_CODE

CENTER_CODE = Code(r"\d{4}", pad=4)


def _is_off_campus(kind: str) -> bool:
    return kind == "off_campus"


def _has_a_first_day(status: str) -> bool:
    return status in ("stop_intake", "revoked")


def _ends_before_start(start, end) -> bool:
    return end < start


LEARNING_CENTERS = FileKind(
    name="learning_centers",
    title=_("Learning centers"),
    columns=(
        Column(
            "center_code", _("Center code"), CENTER_CODE, ("教学点代码", "教学点编号", "站点代码"), "XSH", required=True
        ),
        Column("center_name", _("Center name"), Text(), ("教学点名称", "函授站名称", "站点名称"), "FY", required=True),
        Column("school_code", _("School code"), SCHOOL_CODE, ("学校代码", "院校代码"), "XXDM", required=True),
        Column("center_kind", _("Kind"), Enumerated("center_kind"), ("类型", "教学点类型"), required=True),
        Column("host_name", _("Host"), Text(), ("设点单位", "设点单位名称")),
        Column(
            "host_uscc", _("Social credit code of the host"), CreditCode(), ("统一社会信用代码", "设点单位信用代码")
        ),
        Column("province_code", _("Province"), ProvinceCode(), ("省份", "省级代码", "所在省"), required=True),
        Column("prefecture_code", _("Prefecture"), RegionCode(), ("地市代码", "地级代码", "所在市")),
        Column("agreement_from", _("Agreement from"), Date(), ("协议开始日期",)),
        Column("agreement_to", _("Agreement to"), Date(), ("协议结束日期",)),
        Column("filed_from", _("Filed from"), Date(), ("备案开始日期",)),
        Column("filed_to", _("Filed to"), Date(), ("备案截止日期",)),
        Column("open_majors", _("Open majors"), CodeList(r"\d{6}(T|K|TK)?", pad=6), ("开设专业", "专业列表")),
        Column("status", _("Status"), Enumerated("center_status"), ("状态", "教学点状态"), required=True),
        Column("status_date", _("Status date"), Date(), ("状态日期",)),
    ),
    key=("center_code",),
    duplicates_on="center_code",
    row_rules=(
        *(
            RequiredIf(column, ("center_kind",), _is_off_campus)
            for column in ("host_name", "host_uscc", "agreement_from", "agreement_to")
        ),
        RequiredIf("status_date", ("status",), _has_a_first_day),
        RowRule("date_order", "agreement_to", ("agreement_from", "agreement_to"), _ends_before_start),
        RowRule("date_order", "filed_to", ("filed_from", "filed_to"), _ends_before_start),
        RowRule(
            "region_mismatch",
            "prefecture_code",
            ("province_code", "prefecture_code"),
            lambda province, prefecture: province[:2] != prefecture[:2],
        ),
    ),
    file_rules=lambda: [DuplicateKeys(("center_code",), "center_code")],
    store=CentersStore,
)
