"""The sources of the apps as syntax trees, for tests about how they are built."""

import ast
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
APPS = (
    *("common", "exchange", "learning_centers", "people", "enrollment", "training", "international", "reporting"),
    *("demo", "ceportal"),
)


def modules(*, migrations: bool = False) -> Iterator[tuple[Path, ast.Module]]:
    """Path inside the project and tree of each module; only migrations, or all but them."""
    for app in APPS:
        for path in sorted((PROJECT / app).rglob("*.py")):
            if ("migrations" in path.parts) == migrations:
                yield path.relative_to(PROJECT), ast.parse(path.read_text())


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything imported, `from a.b import c` as `a.b` and, where c may be a module, `a.b.c`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            package = (PROJECT / node.module.replace(".", "/")).is_dir()
            for alias in node.names:
                inner = PROJECT / node.module.replace(".", "/") / alias.name
                is_module = package and (inner.is_dir() or inner.with_suffix(".py").exists())
                yield node.lineno, f"{node.module}.{alias.name}" if is_module else node.module
