"""What two people write at once: one is stored, the other is told, and no trace quotes what was written."""

import pytest
from django.urls import reverse

from enrollment.models import ReasonSetting
from enrollment.records.reasons import Reason
from enrollment.records.services.reasoning import set_reason
from tests.beside import one_after_the_other
from tests.builders import a_user, an_institution, the_system

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_second_one_is_told_in_a_page(client, caplog):
    home = an_institution()
    client.force_login(a_user("registrar", "admin.enter", "enrollment.set_reason", "enrollment.view_reasons", at=home))
    address = f"{reverse('admin:enrollment_reasonsetting_set')}?institution={home.public_id}"
    said = {"act": "return", "code": "medical", "name": "Second", "is_used": "on"}
    answer = one_after_the_other(
        lambda: set_reason(home, Reason("return", "medical", "First", "缺体检表"), by=the_system()),
        lambda: client.post(address, said),
    )
    assert answer.status_code == 409
    assert "Somebody else was writing the same" in answer.content.decode()
    assert [one.name for one in ReasonSetting.objects.current()] == ["First"]
    assert "UniqueViolation" in caplog.text
    assert "medical" not in caplog.text
