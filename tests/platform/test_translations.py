from pathlib import Path

import django
import pytest

from ceportal import translations, upstream_texts
from ceportal.translations import Text

PYTHON = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
_("Student") ; _("Two " "halves") ; ngettext("%(n)s row", "%(n)s rows", 2) ; pgettext("month", "May") ; other("Not this")
"""
TEMPLATE = """{% load i18n %}{% translate "Centre" %}{% blocktranslate count n=rows|length %}{{ n }} row{% plural %}{{ n }} rows
{% endblocktranslate %}{% if title == _("It's") %}{% endif %}"""


@pytest.fixture
def sources(tmp_path):
    (tmp_path / "app.py").write_text(PYTHON)
    (tmp_path / "page.html").write_text(TEMPLATE)
    return [tmp_path / "app.py", tmp_path / "page.html"]


@pytest.fixture
def catalogue(tmp_path):
    return tmp_path / "zh_Hans" / "LC_MESSAGES" / "django.po"


@pytest.fixture
def translated(sources, catalogue):
    """A complete catalogue of the sources."""
    wanted = translations.texts_of(sources)
    translations.update(catalogue, wanted)
    entries = translations.polib.pofile(str(catalogue))
    for entry in entries:
        if entry.msgid_plural:
            entry.msgstr_plural = {0: entry.msgid_plural}
        else:
            entry.msgstr = f"译{entry.msgid}"
    entries.save()
    translations.update(catalogue, wanted)
    return wanted


def change(catalogue, text, **values):
    entries = translations.polib.pofile(str(catalogue))
    entry = entries.find(text)
    for name, value in values.items():
        setattr(entry, name, value)
    entries.save()
    entries.save_as_mofile(str(catalogue.with_suffix(".mo")))


def test_all_marked_texts_are_found_and_no_others(sources):
    assert set(translations.texts_of(sources)) == {
        Text("Student"),
        Text("Two halves"),
        Text("%(n)s row", "%(n)s rows"),
        Text("May", context="month"),
        Text("Centre"),
        Text("%(n)s row", "%(n)s rows\n"),
        Text("It's"),
    }


def test_a_complete_catalogue_has_no_faults(translated, catalogue):
    assert list(translations.faults(catalogue, translated)) == []


def test_translations_outlive_an_update(translated, catalogue):
    assert translations.update(catalogue, translated) == (len(translated), 0)


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"msgstr": ""}, "untranslated: 'Student'"),
        ({"flags": ["fuzzy"]}, "unsure: 'Student'"),
        ({"msgstr": "%(who)s"}, "other placeholders than the text: 'Student'"),
    ],
)
def test_each_fault_of_an_entry_is_told(translated, catalogue, values, fault):
    change(catalogue, "Student", **values)
    assert fault in list(translations.faults(catalogue, translated))


def test_a_new_text_and_one_that_is_gone_are_told(translated, catalogue):
    wanted = translated.keys() - {Text("Centre")} | {Text("Fresh")}
    assert list(translations.faults(catalogue, wanted)) == [
        "not in the catalogue: 'Fresh'",
        "in the catalogue, but no longer in the sources: 'Centre'",
    ]


def test_a_compiled_file_of_yesterday_is_told(translated, catalogue):
    compiled = catalogue.with_suffix(".mo").read_bytes()
    change(catalogue, "Student", msgstr="学生")
    catalogue.with_suffix(".mo").write_bytes(compiled)
    assert any("differs" in fault for fault in translations.faults(catalogue, translated))


def test_texts_that_we_word_for_django_are_still_its_texts():
    catalogues = Path(django.__file__).parent.glob("*/**/locale/zh_Hans/LC_MESSAGES/django.po")
    known = {entry.msgid for one in catalogues for entry in translations.polib.pofile(str(one))}
    assert set(upstream_texts.TEXTS) - known == set()
