"""What the code cites stands in the project: every citation of a section leads to a section of that page."""

import re

import pytest

from tests.databases import PROJECT

CITATION = re.compile(r"docs/(\w+)\.md`? (§§?[\d.a-z]+(?:[,–-] ?§?[\d.]+[a-z]?)*)")
NUMBER = re.compile(r"\d+(?:\.\d+)*[a-z]?")
HEADING = re.compile(r"^#+ (\d+(?:\.\d+)*[a-z]?)[. ]", re.MULTILINE)
FOREIGN = re.compile(r"\b(?:domain|features|quality|api|interface|scale-out)\.md|samples'? README")
READ = (".py", ".html", ".toml", ".md")


def sources() -> list:
    folders = [path.parent for path in PROJECT.glob("*/__init__.py")] + [PROJECT / "docs", PROJECT / "templates"]
    return sorted(
        path for folder in folders for path in folder.rglob("*") if path.suffix in READ and "samples" not in path.parts
    )


def sections(page: str) -> set[str]:
    return set(HEADING.findall((PROJECT / "docs" / f"{page}.md").read_text()))


def cited(text: str) -> list[tuple[str, str]]:
    """(page, number) of every section that a text cites."""
    return [(page, number) for page, where in CITATION.findall(text) for number in NUMBER.findall(where)]


def test_citations_are_read():
    assert cited("(docs/rules.md §§2.1, 2.4; docs/files.md §6.4)") == [
        ("rules", "2.1"),
        ("rules", "2.4"),
        ("files", "6.4"),
    ]


def test_every_cited_section_exists():
    known = {page: sections(page) for page in ("rules", "files", "architecture")}
    missing = [
        f"{path.relative_to(PROJECT)}: docs/{page}.md §{number}"
        for path in sources()
        for page, number in cited(path.read_text(errors="replace"))
        if number.rstrip(".") not in known.get(page, ())
    ]
    assert not missing


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(PROJECT)))
def test_no_page_outside_the_project_is_cited(path):
    assert path.name == "test_citations.py" or not FOREIGN.search(path.read_text(errors="replace"))
