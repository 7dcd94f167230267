"""Latin names are searched for by their words, without accents and signs: what is kept for the search is made anew."""

from django.db import migrations

from people.models.persons import name_grams
from people.pinyin import spell


def spell_anew(apps, schema_editor):
    persons = apps.get_model("people", "Person")
    latin = list(persons.objects.filter(name__regex=r"[A-Za-zÀ-ɏ]").only("pk", "name"))
    for person in latin:
        person.pinyin, person.initials = spell(person.name)
        person.name_grams = name_grams(person.name)
    persons.objects.bulk_update(latin, ["pinyin", "initials", "name_grams"], batch_size=2000)


class Migration(migrations.Migration):
    dependencies = [("people", "0010_sessions_end_with_a_deactivation")]
    operations = [migrations.RunPython(spell_anew, migrations.RunPython.noop)]
