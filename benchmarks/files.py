"""Generated files of any size, spelled like those that centres send; every value invented, every run the same."""

import csv
import io
import random
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from common.identifiers import check_character

SCHOOL = "19176"
MAJORS = {"081501": "采矿工程", "081502": "石油工程", "082901": "安全工程", "120203K": "会计学", "030101K": "法学"}
CENTERS = [f"{number:04}" for number in range(1, 41)]
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰飞红梅文辉建国志新宇浩然子轩梓涵欣怡思远嘉琪"
HEADERS = (
    "考生号", "学号", "姓名", "性别", "出生日期", "证件类型", "证件号码", "政治面貌", "民族", "专业代码", "专业名称",
    "层次", "学制", "学习形式", "入学日期", "分院", "教学点代码", "班级", "预计毕业日期", "原毕业证书编号", "联系电话",
)  # fmt: skip


def text_file(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(headers)
    writer.writerows(rows)
    return out.getvalue().encode()


def base_files(places: int) -> dict[str, bytes]:
    """A school with its majors and centres, and a plan with this many places in each combination."""
    codes = "、".join(MAJORS)
    return {
        "schools_and_majors": text_file(
            ("学校代码", "学校名称", "专业代码", "专业名称", "层次", "学习形式", "学制", "开设批次"),
            ((SCHOOL, "东海师范大学", code, name, "专升本", "非脱产", 2.5, "2025秋") for code, name in MAJORS.items()),
        ),
        "learning_centers": text_file(
            ("教学点代码", "教学点名称", "学校代码", "类型", "省份", "开设专业", "状态"),
            ((code, f"第{code}教学点", SCHOOL, "校本部", "43", codes, "正常") for code in CENTERS),
        ),
        "admission_plan": text_file(
            ("批次", "教学点代码", "专业代码", "层次", "学习形式", "计划数"),
            (("2025秋", center, code, "专升本", "非脱产", places) for center in CENTERS for code in MAJORS),
        ),
    }


def new_students(count: int, *, seed: int = 1) -> bytes:
    chance = random.Random(seed)
    majors = list(MAJORS.items())

    def row(number: int) -> tuple[object, ...]:
        birth = date(1970, 1, 1) + timedelta(days=chance.randrange(12_000))
        first_17 = f"4303{number % 90 + 10}{birth:%Y%m%d}{number // 90 % 1000:03}"
        identity = first_17 + check_character(first_17)
        code, name = majors[number % len(majors)]
        given = "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2))))
        center = CENTERS[number // len(majors) % len(CENTERS)]
        return (
            f"25430302{100000 + number}", f"2025220{number:08}", chance.choice(SURNAMES) + given,
            "男" if int(identity[16]) % 2 else "女", f"{birth:%Y-%m-%d}", "居民身份证", identity, "群众", "汉族",
            code, name, "专升本", "2.5", "非脱产", "2025-09-01", "继续教育学院", center, f"{name}25{number % 40:02}班",
            "2028-03-01", f"109555201206{number:06}", f"138{number:08}",
        )  # fmt: skip

    return text_file(HEADERS, map(row, range(count)))
