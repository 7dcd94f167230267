import pytest

from exchange.importing import import_file, receive_file
from exchange.models import ImportBatch
from learning_centers.models import Institution
from tests.builders import a_user, the_system

pytestmark = pytest.mark.django_db
HEADER = "school_code,school_name,major_code,major_name,level_path,study_form,length,open_from\n"


def brought(*codes: str) -> ImportBatch:
    rows = "".join(f"{code},学校{code},081502,石油工程,jc_to_ba,part_time,2.5,2025-autumn\n" for code in codes)
    return import_file(receive_file("schools_and_majors", "majors.csv", (HEADER + rows).encode(), by=the_system()))


def test_a_file_of_one_institution_stands_in_its_history():
    batch = brought("19176")
    assert batch.institution == Institution.objects.get(code="19176")
    registrar = a_user("registrar", "exchange.view_imports", at=batch.institution)
    assert list(ImportBatch.objects.visible_to(registrar)) == [batch]


def test_a_file_of_two_institutions_is_shown_to_neither():
    batch = brought("19176", "19177")
    assert batch.institution is None
    outsider = a_user("outsider", "exchange.view_imports", at=Institution.objects.get(code="19177"))
    assert not ImportBatch.objects.visible_to(outsider).exists()
