"""How files spell the canonical values (import contract, value lists). The canonical value itself is accepted too."""

from common.codes import ethnicities

SPELLINGS: dict[str, dict[str, tuple[str, ...]]] = {
    "sex": {
        "male": ("男", "M", "1", "男性"),
        "female": ("女", "F", "2", "女性"),
    },
    "id_type": {
        "resident_id": ("居民身份证", "身份证", "二代身份证"),
        "hmt_residence": ("港澳台居民居住证", "港澳居民居住证", "台湾居民居住证"),
        "hm_permit": ("港澳居民来往内地通行证", "回乡证"),
        "tw_permit": ("台湾居民来往大陆通行证", "台胞证"),
        "passport": ("护照",),
        "foreign_permanent": ("外国人永久居留身份证", "外国人永久居留证"),
    },
    "level_path": {
        "sec_to_jc": ("高起专", "高升专", "高中起点专科", "专科"),
        "jc_to_ba": ("专升本", "专科起点本科"),
        "sec_to_ba": ("高起本", "高升本", "高中起点本科"),
    },
    "study_form": {
        "correspondence": ("函授",),
        "spare_time": ("业余", "夜大", "夜大学", "半脱产"),
        "full_time": ("脱产", "全日制"),
        "online": ("网络教育", "网络"),
        "part_time": ("非脱产",),
    },
    "political_status": {
        "party_member": ("中共党员", "党员", "01"),
        "probationary_member": ("中共预备党员", "预备党员", "02"),
        "league_member": ("共青团员", "团员", "03"),
        "other_party": (
            "民主党派",
            "民革党员",
            "民盟盟员",
            "民建会员",
            "民进会员",
            "农工党党员",
            "致公党党员",
            "九三学社社员",
            "台盟盟员",
        ),
        "no_party": ("无党派人士", "无党派", "12"),
        "masses": ("群众", "13"),
    },
    "center_kind": {
        "school_direct": ("校本部", "直属", "校内", "直属学习中心"),
        "off_campus": ("校外教学点", "教学点", "函授站", "校外学习中心", "业余点"),
    },
    "center_status": {
        "proposed": ("拟设", "申报中"),
        "active": ("正常", "在办", "保留", "已备案"),
        "stop_intake": ("停招", "停止招生"),
        "revoked": ("撤销", "已撤销", "撤点"),
    },
    "change_type": {
        "suspend": ("休学",),
        "resume": ("复学",),
        "withdraw": ("退学",),
        "expel": ("开除学籍", "开除"),
        "transfer_out": ("转学(转出)", "转出"),
        "change_major": ("转专业",),
        "change_center": ("转教学点", "转站"),
        "change_form": ("转学习形式",),
        "graduate": ("毕业",),
        "complete": ("结业",),
        "deceased": ("死亡",),
        "cancel": ("取消学籍",),
    },
    "ethnicity": ethnicities.spellings(),
}
