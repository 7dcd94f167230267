"""A page about a file whose work is under way: it waits as long as there is work, and never longer."""

import pytest

from exchange.importing import receive_file
from exchange.importing.asking import request_check, work_on
from exchange.models import ImportBatch, Job
from tests.builders import a_user, an_institution

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("left", ["checked", "committed", "refused"])
def test_work_that_ends_while_its_page_is_made_has_ended_for_the_page(left):
    registrar = a_user("registrar", "exchange.import_file", at=an_institution())
    shown = receive_file("new_students", "a.csv", b"x", by=registrar, institution=an_institution())
    request_check(shown, by=registrar)
    assert work_on(shown)[1]
    ImportBatch.objects.update(status=left, rows_total=7)
    assert work_on(shown)[1] is (left == "checked"), "a batch is marked before its job has ended"
    Job.objects.update(state=Job.State.DONE)
    assert not work_on(shown)[1]
    assert (shown.status, shown.rows_total) == (left, 7)
