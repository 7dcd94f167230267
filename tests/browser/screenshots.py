"""Pictures of pages, to be looked at: `python -m tests.browser.screenshots OUT URL USER PASSWORD PATH…`.

Each path is taken wide and narrow, in both languages; what the console, axe and the width say is printed.
"""

import sys
from pathlib import Path

from tests.browser.driving import NARROW, WIDE, a_browser, a_page, serious_findings, sideways, sign_in, speak


def take(out: Path, url: str, username: str, password: str, paths: list[str]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with a_browser() as browser:
        for size, viewport in (("wide", WIDE), ("narrow", NARROW)):
            page, complaints = a_page(browser, url, viewport)
            sign_in(page, username, password)
            for language in ("en", "zh-hans"):
                speak(page, language)
                for path in paths:
                    answer = page.goto(path)
                    name = path.strip("/").replace("/", "_").replace("?", "_")[-60:] or "home"
                    page.wait_for_timeout(300)
                    page.screenshot(path=str(out / f"{name}-{size}-{language}.png"), full_page=True)
                    print(size, language, path, answer.status if answer else "", f"sideways={sideways(page)}")  # noqa: T201
                    if language == "en":
                        print("\n".join(f"   axe {one}" for one in serious_findings(page)))  # noqa: T201
            print("\n".join(f"   console {one}" for one in complaints))  # noqa: T201


if __name__ == "__main__":
    take(Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4], sys.argv[5:])
