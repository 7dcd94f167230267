import io
import json
import logging

import pytest
import structlog
from django.test import Client
from django.urls import path

from ceportal import observing, urls
from ceportal.logs import logging_configuration
from common import audit

seen = []


def explode(request, name):
    seen.append(audit.reference.get())
    raise ValueError("身份证 110101199003074610 of 王伟")


explode.takes = ("q",)
urlpatterns = [*urls.urlpatterns, path("explode/<str:name>", explode)]
handler404, handler500 = urls.handler404, urls.handler500


@pytest.fixture
def lines(settings):
    """What the configured logging writes, as parsed lines."""
    handler = logging.StreamHandler(io.StringIO())
    formatter = logging_configuration("INFO")["formatters"]["json"]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(**{k: v for k, v in formatter.items() if k != "()"}))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.getLogger("django").setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in handler.stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


@pytest.mark.urls(__name__)
def test_the_error_page_names_the_reference_that_the_log_and_the_audit_hold(client, lines):
    answer = client.get("/explode/anna?q=王伟")
    reference = answer["X-Request-ID"]
    assert (answer.status_code, reference in answer.content.decode()) == (500, True)
    assert seen[-1] == reference
    told = [line for line in lines() if line.get("reference") == reference]
    assert {"explode/<str:name>"} == {line["route"] for line in told if line["event"] == "request"}
    assert any("builtins.ValueError" in line.get("exception", []) for line in told)


@pytest.mark.urls(__name__)
def test_the_log_holds_no_value_of_a_person(client, lines):
    client.get("/explode/anna?q=王伟")
    client.get("/nowhere/anna")
    logging.getLogger("a.library").warning("call %s", "13800138000")
    logging.getLogger("a.library").warning("mail to %s, %s", "wang.wei@example.edu.cn", "110101199003074610")
    text = json.dumps(lines(), ensure_ascii=False)
    for value in ("王伟", "110101199003074610", "13800138000", "anna", "wang.wei@example.edu.cn"):
        assert value not in text


@pytest.mark.urls(__name__)
def test_a_page_that_is_not_there_is_told_in_the_language_of_the_reader(client):
    answer = client.get("/nowhere", headers={"accept-language": "zh-hans"})
    assert answer.status_code == 404
    assert 'lang="zh-hans"' in answer.content.decode()


def test_the_reference_of_the_request_travels_with_the_message():
    token = audit.reference.set("abc123")
    headers = {}
    observing.send_reference(headers=headers)
    audit.reference.reset(token)
    assert headers == {"reference": "abc123"}
