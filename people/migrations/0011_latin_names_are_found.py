"""Latin names are searched for by their words, without accents and signs: what is kept for the search is made anew."""

import unicodedata

from django.db import migrations

APOSTROPHES = str.maketrans("", "", "'’‘´`ʼ")


def latin_words(name):
    plain = unicodedata.normalize("NFKD", name.translate(APOSTROPHES)).lower()
    letters = (one for one in plain if not unicodedata.combining(one))
    words = "".join(one if one.isalnum() else " " for one in letters).split()
    return words if all(word.isascii() for word in words) else []


def spell_anew(apps, schema_editor):
    persons = apps.get_model("people", "Person")
    found = []
    for person in persons.objects.filter(name__regex="[A-Za-zÀ-ɏ]").only("pk", "name"):
        if words := latin_words(person.name):
            person.pinyin, person.initials = "".join(words), "".join(word[0] for word in words)
            person.name_grams = sorted({word[i : i + 2] for word in words for i in range(len(word) - 1)})
            found.append(person)
    persons.objects.bulk_update(found, ["pinyin", "initials", "name_grams"], batch_size=2000)


class Migration(migrations.Migration):
    dependencies = [("people", "0010_sessions_end_with_a_deactivation")]
    operations = [migrations.RunPython(spell_anew, migrations.RunPython.noop)]
