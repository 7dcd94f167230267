"""The whole way in a real browser with a real worker: upload, remarks, storing, figures, and the records behind one."""

import io
import re

import openpyxl
import pytest

from learning_centers.models import Institution
from people.services.roles import shipped_roles
from tests.browser.driving import a_page, sign_in
from tests.builders import a_user
from tests.exchange.importing import import_base
from tests.exchange.samples import FOLDER

FILE = FOLDER / "files/new_students/messy_fields.xlsx"


def number(text: str) -> int:
    return int(re.sub(r"\D", "", text))


@pytest.mark.slow
def test_from_a_messy_file_to_the_students_behind_a_figure(worker, browser, live_server):
    import_base()
    institution = Institution.objects.get(code="19135")
    a_user("registrar", *shipped_roles()["registrar"]["verbs"], at=institution)
    page, complaints = a_page(browser, live_server.url)
    sign_in(page, "registrar", "correct horse")

    page.goto("/admin/exchange/importbatch/upload/")
    page.set_input_files("#id_file", FILE)
    page.fill("#id_today", "2026-11-21")
    page.click("text=Upload and check")
    page.wait_for_selector("text=What storing would do")
    remarks = page.inner_text("#remarks")
    assert "The check character of the number is wrong" in remarks
    assert not re.search(r"\d{17}[\dX]", remarks), "identity numbers are masked"
    good = number(page.inner_text("button:has-text('good row')"))
    page.click("button:has-text('good row')")
    page.wait_for_selector("text=The good rows are stored.")

    with page.expect_download() as download:
        page.click("text=Download with remarks")
    marked = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    assert marked.active.max_row > good

    page.goto("/admin/reporting/statisticsrun/new/")
    page.fill("#id_as_of", "2026-11-21")
    page.fill("#id_since", "2025-08-31")
    page.click("text=Compute")
    page.wait_for_selector("#breakdown")
    entrants = page.locator(".figures div", has_text="Entrants").locator("dd a")
    counted = number(entrants.inner_text())
    assert counted >= good > 0
    assert page.locator("[data-chart] canvas").count() == 2

    entrants.click()
    page.wait_for_selector("h1:has-text('Entrants')")
    assert page.locator("main tbody tr").count() == counted
    page.locator("main tbody a").first.click()
    page.wait_for_selector("svg.life")
    assert complaints == []
