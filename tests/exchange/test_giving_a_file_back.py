import io
import re

import openpyxl
import pytest

from common.errors import DomainError
from common.masking import mask
from exchange.importing import check_file, marked_workbook
from exchange.kinds import kind_named
from tests.exchange.importing import brought

pytestmark = pytest.mark.django_db
MESSY = "files/new_students/messy_fields.xlsx"
FORMULAS = "files/new_students/english_headers.tsv"


def given_back(batch, **options):
    out = io.BytesIO()
    marked_workbook(batch, out, **options)
    return openpyxl.load_workbook(out).active


@pytest.fixture(scope="module", autouse=True)
def _base(base_is_imported):
    """The samples' starting state."""


def test_rows_keep_their_number_and_wrong_cells_are_marked():
    page = given_back(check_file(brought("new_students", MESSY)))
    header = [cell.value for cell in page[2]]
    wrong = page.cell(20, header.index("*证件号码") + 1) if "*证件号码" in header else None
    assert page.cell(1, 1).value or page.cell(2, 1).value
    marked = [cell for cell in page[20] if cell.fill.fgColor.rgb == "FFF8C9C4"]
    assert [cell.value for cell in marked] == [mask("3601**********0735", 2)]
    assert wrong is None or wrong in marked
    assert page.cell(20, len(header)).value.endswith("The number is masked with asterisks.")


def test_each_unknown_column_is_named():
    page = given_back(check_file(brought("new_students", MESSY)))
    title, *told = page.cell(2, page.max_column).value.splitlines()
    assert (title, [line.split(": ")[0] for line in told]) == ("Remarks", ["微信", "身高(cm)"])


def test_numbers_stay_text_and_formulas_do_not_run():
    page = given_back(check_file(brought("new_students", FORMULAS)))
    cells = [cell for row in page.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert any(cell.value.startswith("=HYPERLINK") for cell in cells)


def test_numbers_of_persons_are_masked_in_whatever_cell_they_stand():
    number = "110101199001011237"
    sent = {"student_no": "20240000001", "name": number, "id_no": number}
    header = [*kind_named("new_students").required, "备注"]
    lines = [header, [sent.get(column, "") for column in header[:-1]] + ["电话 138 0013 8000"]]
    batch = check_file(brought("new_students", "a.csv", "\n".join(map(",".join, lines)).encode()))
    given = dict(zip(header, [cell.value for cell in given_back(batch)[2]], strict=False))
    assert (given["student_no"], given["name"], given["id_no"]) == (
        mask("20240000001", 2),
        mask(number, 2),
        mask(number, 2),
    )
    assert given["备注"] == f"电话 {mask('138 0013 8000', 2)}"


def test_whole_numbers_bear_a_mark():
    out = io.BytesIO()
    marked_workbook(check_file(brought("new_students", MESSY)), out, whole=True, mark="Exported by clerk")
    book = openpyxl.load_workbook(out)
    assert any(re.fullmatch(r"\d{17}[\dX]", str(cell.value)) for row in book.worksheets[0].iter_rows() for cell in row)
    assert book.worksheets[1]["A1"].value == "Exported by clerk"


def test_rows_without_remarks_can_be_left_out():
    page = given_back(check_file(brought("new_students", MESSY)), only_remarked=True)
    rows = {cell.row for row in page.iter_rows(min_row=3) for cell in row if cell.value is not None}
    assert {6, 20, 56} <= rows
    assert 3 not in rows


def test_an_expired_file_cannot_be_given_back():
    batch = check_file(brought("new_students", MESSY))
    batch.content = None
    with pytest.raises(DomainError) as refused:
        given_back(batch)
    assert refused.value.code == "file_not_kept"
