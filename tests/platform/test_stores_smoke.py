import pytest
from django.db import connection


@pytest.mark.django_db
def test_trigrams_of_chinese_names_exist():
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm; SELECT show_trgm('王')")
        assert cursor.fetchone()[0]
