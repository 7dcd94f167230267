"""What a staged plan rests on is kept; files are compressed before they are sealed."""

import zlib
from collections.abc import Callable
from typing import Any

from django.db import migrations, models

from common.crypto import decrypt, encryptor

SEAL = "exchange.importbatch.content"


def rewrite(change: Callable[[bytes], bytes]) -> Callable[[Any, Any], None]:
    def run(apps: Any, schema_editor: Any) -> None:
        batches = apps.get_model("exchange", "ImportBatch").objects.exclude(content=None)
        for key in list(batches.values_list("pk", flat=True)):
            batch = batches.get(pk=key)
            batch.content = encryptor(SEAL)(change(decrypt(SEAL, bytes(batch.content))))
            batch.save(update_fields=["content"])

    return run


class Migration(migrations.Migration):
    dependencies = [("exchange", "0006_imports_of_a_center")]
    operations = [
        migrations.AddField("importbatch", "planned_on", models.JSONField(editable=False, null=True)),
        migrations.RunPython(rewrite(zlib.compress), rewrite(zlib.decompress)),
    ]
