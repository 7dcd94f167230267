"""A coordinator asks for a list, the second person lets it through, a worker makes it, and only the coordinator fetches it."""

import io
import os
from pathlib import Path

import openpyxl
import pytest

from learning_centers.services.rules import Setting, set_rule
from people.services.notices import notify
from people.services.roles import shipped_roles
from tests.browser.driving import NARROW, WIDE, a_page, serious_findings, sideways
from tests.builders import a_center, a_student, a_user, an_institution, the_system

SHOTS = os.environ.get("SCREENSHOTS", "")
"""A folder: then each page is kept as a picture to be looked at."""


def enter(page, username: str) -> None:
    page.goto("/portal/sign-in/")
    page.fill("#id_username", username)
    page.fill("#id_password", "correct horse")
    page.click("main [type=submit]")
    page.wait_for_selector("#logout-form")


def judge(page, name: str, complaints: list[str]) -> list[str]:
    wrong = [f"{name}: {one}" for one in complaints] + [f"{name}: {one}" for one in serious_findings(page)]
    if sideways(page):
        wrong.append(f"{name} scrolls sideways by {sideways(page)} px")
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)
    complaints.clear()  # axe itself trips over the content-security policy
    return wrong


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("viewport", "language"), [(WIDE, "en"), (NARROW, "zh-hans")], ids=["wide", "narrow"])
def test_from_asking_to_the_file(worker, browser, live_server, viewport, language):
    home = an_institution()
    center = a_center(home)
    for number in range(3):
        a_student(center, f"20240000000{number}", name="欧阳甲乙")
    set_rule(home, Setting("export_rows_alone", 2, "tests"), by=the_system())
    roles = {name: shipped_roles()[name]["verbs"] for name in ("coordinator", "second_registrar")}
    coordinator = a_user("coordinator", *roles["coordinator"], at=center, language=language)
    a_user("second", *roles["second_registrar"], at=home, language=language)
    notify([coordinator], "request_returned", institution=home, center=str(center))
    wrong = []

    asking, complaints = a_page(browser, live_server.url, viewport)
    enter(asking, "coordinator")
    asking.goto("/portal/lists/")
    wrong += judge(asking, f"lists-empty-{language}", complaints)
    asking.goto("/portal/lists/ask/")
    asking.fill("[name=reason]", "班级点名册")
    wrong += judge(asking, f"lists-ask-{language}", complaints)
    asking.click("main form [type=submit]")
    asking.wait_for_selector(".tag.warn")
    asking.goto("/portal/notices/")
    wrong += judge(asking, f"notices-portal-{language}", complaints)

    deciding, grumbles = a_page(browser, live_server.url, viewport)
    enter(deciding, "second")
    deciding.goto("/admin/notices/")
    wrong += judge(deciding, f"notices-admin-{language}", grumbles)
    deciding.click("main .decisions a")
    deciding.wait_for_selector("h1")
    wrong += judge(deciding, f"export-to-decide-{language}", grumbles)
    deciding.click("a[href$='/approve/']")
    deciding.click("main form [type=submit]")

    asking.goto("/portal/lists/")
    asking.wait_for_selector(".tag.good", timeout=60_000)
    wrong += judge(asking, f"lists-ready-{language}", complaints)
    with asking.expect_download() as download:
        asking.click("main form [type=submit]")
    sheet = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes())).active
    assert sheet.max_row == 5
    assert "班级点名册" in sheet["A1"].value
    assert sheet["B3"].value == "欧阳甲乙"
    assert not wrong, "\n".join(wrong)
