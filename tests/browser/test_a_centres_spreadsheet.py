"""A centre's spreadsheet in a real browser with a real worker: checked, wrong cells marked, good rows handed in."""

import io

import openpyxl
import pytest

from common.batches import batch_of
from common.dates import today
from enrollment.models import Application
from tests.applicants import a_draft
from tests.browser.driving import NARROW
from tests.browser.test_a_coordinators_day import Journey, the_world


def row_of(draft, center_code: str) -> dict[str, str]:
    """Of an applicant, under the Chinese headers that the empty spreadsheet has."""
    return {
        "批次": batch_of(today()), "教学点代码": center_code, "专业代码": "081502", "层次": "专升本", "学习形式": "非脱产",
        "考生号": draft.candidate_no, "姓名": draft.name, "性别": "女", "出生日期": draft.birth_date.isoformat(),
        "证件类型": "居民身份证", "证件号码": draft.id_no, "民族": "汉族", "联系电话": draft.phone,
        "原毕业学校": draft.prior_school, "原毕业证书编号": draft.prior_certificate_no,
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_from_the_empty_spreadsheet_to_applications(worker, browser, live_server, tmp_path):
    the_world()
    journey = Journey(browser, live_server.url, NARROW, "zh-hans")
    page = journey.enter("mine")
    page.goto("/portal/files/")
    with page.expect_download() as empty:
        page.click("a[href*='files/template']")
    book = openpyxl.load_workbook(io.BytesIO(empty.value.path().read_bytes()))
    headers = [cell.value for cell in book.active[1]]
    for said in (row_of(a_draft(name="欧阳娜娜"), "0101"), row_of(a_draft(name="李娜"), "0102")):
        book.active.append([said.get(header, "") for header in headers])
    book.save(tmp_path / "报名表.xlsx")

    page.click(".headline .button")
    page.set_input_files("#id_file", tmp_path / "报名表.xlsx")
    journey.look("file-upload")
    page.click("main form [type=submit]")
    page.wait_for_selector("#remarks")
    journey.look("file-checked")
    assert Application.objects.count() == 0, "nothing is stored before it is asked for"
    with page.expect_download() as marked:
        page.click("a[href$='workbook/']")
    assert openpyxl.load_workbook(io.BytesIO(marked.value.path().read_bytes())).active.max_row == 3
    page.click("form[action$='store/'] button")
    page.wait_for_selector(".note.good")
    journey.look("file-stored")
    application = Application.objects.get()
    assert (application.name, application.status) == ("欧阳娜娜", "submitted")
    assert application.center_offering.center.code == "0101"
    assert not journey.wrong, "\n".join(journey.wrong)
