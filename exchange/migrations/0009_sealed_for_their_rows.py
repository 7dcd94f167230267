"""What is sealed is bound to its institution and row (docs/decisions/0070)."""

from django.db import migrations

import common.crypto
from common.resealing import FILES_AT_ONCE, SealedColumn, bind_to_rows


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0008_lists_are_printed"),
    ]

    operations = [
        migrations.AlterField(
            model_name="export",
            name="content",
            field=common.crypto.EncryptedBinaryField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="export",
            name="id",
            field=common.crypto.ReservedKey(primary_key=True, serialize=False),
        ),
        migrations.AlterField(
            model_name="importbatch",
            name="content",
            field=common.crypto.EncryptedBinaryField(blank=True, null=True, owner="uploaded_by"),
        ),
        migrations.AlterField(
            model_name="importbatch",
            name="id",
            field=common.crypto.ReservedKey(primary_key=True, serialize=False),
        ),
        migrations.AlterField(
            model_name="importissue",
            name="id",
            field=common.crypto.ReservedKey(primary_key=True, serialize=False),
        ),
        migrations.AlterField(
            model_name="importissue",
            name="value",
            field=common.crypto.EncryptedTextField(blank=True, null=True, owner="batch", verbose_name="value"),
        ),
        migrations.AlterField(
            model_name="stagedchunk",
            name="id",
            field=common.crypto.ReservedKey(primary_key=True, serialize=False),
        ),
        migrations.AlterField(
            model_name="stagedchunk",
            name="payload",
            field=common.crypto.EncryptedBinaryField(blank=True, null=True, owner="batch"),
        ),
        bind_to_rows(
            SealedColumn("exchange.importbatch.content", owner="uploaded_by_id", at_once=FILES_AT_ONCE),
            SealedColumn("exchange.stagedchunk.payload", owner="batch_id", at_once=FILES_AT_ONCE),
            SealedColumn("exchange.importissue.value", owner="batch_id"),
            SealedColumn("exchange.export.content", at_once=FILES_AT_ONCE),
        ),
    ]
