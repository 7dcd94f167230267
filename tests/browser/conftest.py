import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.driving import CHROMIUM, a_browser

os.environ.setdefault(
    "DJANGO_ALLOW_ASYNC_UNSAFE", "true"
)  # playwright runs a loop in this thread; the ORM is ours alone


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("no chromium here: apt-get install chromium, or name one in CHROMIUM")
    with a_browser() as one:
        yield one
