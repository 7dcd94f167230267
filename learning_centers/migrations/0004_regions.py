"""The national divisions, from the tables that ship with `common.codes` (read as files: migrations import no app)."""

import csv
from pathlib import Path

from django.db import migrations

TABLES = Path(__file__).resolve().parents[2] / "common" / "codes"


def rows(name):
    with (TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load(apps, schema_editor):
    Region = apps.get_model("learning_centers", "Region")
    provinces = [
        Region(
            code=row["code"],
            level="province",
            letters=row["letters"],
            name=row["zh"],
            short_name=row["short_zh"],
            name_en=row["en"],
        )
        for row in rows("provinces")
    ]
    listed = [row for row in rows("regions") if not row["last_listed"]]
    prefectures = [
        Region(code=row["code"], level="prefecture", name=row["zh"], parent_id=f"{row['code'][:2]}0000")
        for row in listed
        if row["level"] == "prefecture"
    ]
    known = {region.code for region in prefectures}
    counties = [
        Region(
            code=row["code"],
            level="county",
            name=row["zh"],
            parent_id=f"{row['code'][:4]}00" if f"{row['code'][:4]}00" in known else f"{row['code'][:2]}0000",
        )
        for row in listed
        if row["level"] == "county"
    ]
    for regions in (provinces, prefectures, counties):
        Region.objects.bulk_create(regions, ignore_conflicts=True)


def unload(apps, schema_editor):
    apps.get_model("learning_centers", "Region").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("learning_centers", "0003_guards")]
    operations = [migrations.RunPython(load, unload)]
