import base64

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from ceportal import checks
from ceportal.owning import as_owner
from people.models import User

KEY, OTHER = (base64.b64encode(bytes([byte]) * 32).decode() for byte in (1, 2))


@pytest.fixture
def production(settings):
    """A combination that may go live."""
    settings.PRODUCTION = True
    settings.DATABASE_URL, settings.REDIS_URL = "postgres://db.example/ceportal", "redis://:secret@broker.example/0"
    settings.EMBEDDED_DATABASE = settings.EMBEDDED_BROKER = settings.DEMO_ACCOUNTS = settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["ce.example.edu.cn"]
    settings.HTTPS_ONLY = settings.MAIL_NOTICES = True
    settings.SITE_ADDRESS, settings.DEFAULT_FROM_EMAIL = "https://ce.example.edu.cn", "ceportal@ce.example.edu.cn"
    settings.SECRET_KEY = "".join(chr(48 + number) for number in range(60))
    settings.FIELD_KEYS = [f"k1:{KEY}"]
    settings.FIELD_DIGEST_KEY = OTHER
    return settings


def complaints():
    return {message.id for message in [*checks.production_is_not_a_demo(None), *checks.secrets_are_strong(None)]}


def test_a_sound_production_passes(production):
    assert complaints() == set()
    checks.refuse_wrong_settings()


@pytest.mark.parametrize(
    ("setting", "value", "complaint"),
    [
        ("EMBEDDED_DATABASE", True, "E001"),
        ("EMBEDDED_BROKER", True, "E002"),
        ("REDIS_URL", "redis://broker.example/0", "E022"),
        ("REDIS_URL", "redis://:@broker.example/0", "E022"),
        ("REDIS_URL", "rediss://ceportal@broker.example/0", "E022"),
        ("REDIS_URL", "redis://:secret@one.example/0;redis://two.example/0", "E022"),
        ("DEMO_ACCOUNTS", True, "E003"),
        ("DEBUG", True, "E004"),
        ("ALLOWED_HOSTS", [], "E005"),
        ("ALLOWED_HOSTS", ["*"], "E005"),
        ("SITE_ADDRESS", "", "E008"),
        ("SITE_ADDRESS", "http://ce.example.edu.cn", "E008"),
        ("SITE_ADDRESS", "https://ce.example.edu.cn/portal", "E008"),
        ("DEFAULT_FROM_EMAIL", "ceportal@localhost", "E009"),
        ("SECRET_KEY", "short", "E010"),
        ("SECRET_KEY", "a" * 60, "E010"),
        ("FIELD_KEYS", [], "E011"),
        ("FIELD_KEYS", [f"k1:{KEY}", f"k1:{OTHER}"], "E012"),
        ("FIELD_KEYS", ["k1:short"], "E013"),
        ("FIELD_DIGEST_KEY", "", "E014"),
        ("FIELD_DIGEST_KEY", KEY, "E015"),
    ],
)
def test_each_wrong_setting_is_refused(production, setting, value, complaint):
    setattr(production, setting, value)
    assert f"ceportal.{complaint}" in complaints()
    with pytest.raises(ImproperlyConfigured):
        checks.refuse_wrong_settings()


def test_a_site_that_does_not_mail_needs_no_address(production):
    production.MAIL_NOTICES, production.SITE_ADDRESS = False, ""
    assert complaints() == set()


def test_outside_production_embedded_stores_are_welcome(settings):
    settings.EMBEDDED_DATABASE = True
    assert list(checks.production_is_not_a_demo(None)) == []


@pytest.mark.django_db
def test_our_database_can_search_chinese_names():
    assert list(checks.database_can_do_what_we_need(["default"])) == []


@pytest.mark.django_db
def test_production_refuses_accounts_of_the_demo(production):
    account = User.objects.create_user("registrar-demo", is_demo=True)
    assert [message.id for message in checks.database_can_do_what_we_need(["default"])] == ["ceportal.E006"]
    account.is_active = False
    account.save()
    assert list(checks.database_can_do_what_we_need(["default"])) == []


@pytest.mark.django_db(transaction=True)
def test_a_database_of_plain_c_locale_is_refused(monkeypatch):
    name = "plain_c"
    with as_owner():
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
        other = connection.copy()
        other.settings_dict = {**connection.settings_dict, "NAME": name}
        try:
            with other.cursor() as cursor:
                cursor.execute("SET ROLE NONE")
                cursor.execute("CREATE EXTENSION pg_trgm")
            monkeypatch.setattr(checks, "connections", {"default": other})
            assert [message.id for message in checks.database_can_do_what_we_need(["default"])] == ["ceportal.E021"]
        finally:
            other.close()
            with connection.cursor() as cursor:
                cursor.execute(f"DROP DATABASE {name}")
