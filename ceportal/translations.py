"""The catalogues in locale/, brought up to date and judged without the programs of GNU gettext.

A bare machine has none of them, so the texts are read out of the sources here: Python by its syntax tree, templates through
Django's own `templatize`.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polib
from django.utils.translation.template import templatize

LANGUAGES = {"zh_Hans": "Chinese, simplified"}
PLURAL_FORMS = {"zh_Hans": "nplurals=1; plural=0;"}
# Which arguments of each function are the context, the text and the plural.
FUNCTIONS = {
    "gettext": (None, 0, None),
    "ngettext": (None, 0, 1),
    "pgettext": (0, 1, None),
    "npgettext": (0, 1, 2),
}
TEMPLATE_CALL = re.compile(r"""(?<!\w)(n?p?gettext|_)\(((?:\s*u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")\s*,?)+)""")
LITERAL = re.compile(r"""u?('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")""")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


@dataclass(frozen=True, order=True)
class Text:
    """A text as the sources have it: what names an entry of a catalogue."""

    text: str
    plural: str = ""
    context: str = ""


def texts_of(sources: Iterable[Path]) -> dict[Text, list[str]]:
    """Every marked text of these .py, .html and .txt files, with the files that have it."""
    found: dict[Text, list[str]] = {}
    for path in sources:
        content = path.read_text()
        read = _python(content) if path.suffix == ".py" else _template(content)
        for text in read:
            places = found.setdefault(text, [])
            if str(path) not in places:
                places.append(str(path))
    return found


def _python(content: str) -> Iterator[Text]:
    tree = ast.parse(content)
    names = {
        alias.asname or alias.name: alias.name.removesuffix("_lazy").removesuffix("_noop")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        name = names.get(function.id) if isinstance(function, ast.Name) else None
        if name in FUNCTIONS:
            literals = [
                item.value for item in node.args if isinstance(item, ast.Constant) and isinstance(item.value, str)
            ]
            yield from _text(name, literals)


def _template(content: str) -> Iterator[Text]:
    for call in TEMPLATE_CALL.finditer(templatize(content)):
        name = "gettext" if call[1] == "_" else call[1]
        yield from _text(name, [ast.literal_eval(literal) for literal in LITERAL.findall(call[2])])


def _text(name: str, literals: list[str]) -> Iterator[Text]:
    context, text, plural = FUNCTIONS[name]
    wanted = max(position for position in (context, text, plural) if position is not None)
    if len(literals) > wanted and literals[text]:
        yield Text(
            literals[text],
            literals[plural] if plural is not None else "",
            literals[context] if context is not None else "",
        )


def sources_under(project: Path, apps: Iterable[str]) -> list[Path]:
    """The files whose texts people see: of the apps without their migrations, and the templates."""
    folders = [project / app for app in apps] + [project / "templates"]
    found = [path for folder in folders for path in folder.rglob("*") if path.suffix in {".py", ".html", ".txt"}]
    return sorted(path.relative_to(project) for path in found if "migrations" not in path.parts)


def _key(entry: polib.POEntry) -> Text:
    return Text(entry.msgid, entry.msgid_plural or "", entry.msgctxt or "")


def update(catalogue: Path, wanted: dict[Text, list[str]]) -> tuple[int, int]:
    """Add new texts empty, drop those that are gone, write .po and .mo; (texts, of which untranslated)."""
    language = catalogue.parent.parent.name
    old = {_key(entry): entry for entry in polib.pofile(str(catalogue))} if catalogue.exists() else {}
    fresh = polib.POFile(wrapwidth=120)
    fresh.metadata = {
        "Project-Id-Version": "ceportal",
        "Language": language,
        "Language-Team": LANGUAGES[language],
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURAL_FORMS[language],
    }
    for text in sorted(wanted):
        entry = old.get(text) or polib.POEntry(
            msgid=text.text,
            msgid_plural=text.plural,
            msgctxt=text.context or None,
            msgstr_plural={0: ""} if text.plural else {},
        )
        entry.occurrences = [(place, "") for place in wanted[text]]
        entry.obsolete = False
        fresh.append(entry)
    catalogue.parent.mkdir(parents=True, exist_ok=True)
    fresh.save(str(catalogue))
    fresh.save_as_mofile(str(catalogue.with_suffix(".mo")))
    return len(fresh), len(fresh.untranslated_entries())


def faults(catalogue: Path, wanted: Iterable[Text]) -> Iterator[str]:
    """What keeps a catalogue from being complete, each as one line."""
    if not catalogue.exists():
        yield f"{catalogue} is missing"
        return
    entries = {_key(entry): entry for entry in polib.pofile(str(catalogue)) if not entry.obsolete}
    for text in sorted(set(wanted) - entries.keys()):
        yield f"not in the catalogue: {text.text!r}"
    for text in sorted(entries.keys() - set(wanted)):
        yield f"in the catalogue, but no longer in the sources: {text.text!r}"
    for text, entry in entries.items():
        translations = list(entry.msgstr_plural.values()) if text.plural else [entry.msgstr]
        if entry.fuzzy or not all(translations):
            yield f"{'unsure' if entry.fuzzy else 'untranslated'}: {text.text!r}"
            continue
        allowed = [sorted(PLACEHOLDER.findall(source)) for source in (text.text, text.plural) if source]
        if any(sorted(PLACEHOLDER.findall(translation)) not in allowed for translation in translations):
            yield f"other placeholders than the text: {text.text!r}"
    yield from _stale(catalogue)


def _stale(catalogue: Path) -> Iterator[str]:
    compiled = catalogue.with_suffix(".mo")
    if not compiled.exists():
        yield f"{compiled} is missing (make messages)"
        return
    present = {(_key(entry), entry.msgstr, str(entry.msgstr_plural)) for entry in polib.mofile(str(compiled))}
    source = polib.pofile(str(catalogue)).translated_entries()
    if present != {(_key(entry), entry.msgstr, str(entry.msgstr_plural)) for entry in source}:
        yield f"{compiled} differs from {catalogue.name} (make messages)"
