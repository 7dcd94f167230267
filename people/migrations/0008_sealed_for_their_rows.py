"""What is sealed is bound to its institution and row (docs/decisions/0070)."""

from django.db import migrations

import common.crypto
from common.resealing import SealedColumn, bind_to_rows


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0007_disclosures"),
    ]

    operations = [
        migrations.AlterField(
            model_name="contact",
            name="id",
            field=common.crypto.ReservedKey(primary_key=True, serialize=False),
        ),
        migrations.AlterField(
            model_name="identitydocument",
            name="id",
            field=common.crypto.ReservedKey(primary_key=True, serialize=False),
        ),
        bind_to_rows(
            SealedColumn("people.identitydocument.number"),
            SealedColumn("people.contact.value"),
        ),
    ]
