"""What is sealed is bound to its institution and row (docs/decisions/0070)."""

from django.db import migrations

import common.crypto
from common.resealing import FILES_AT_ONCE, SealedColumn, bind_to_rows


class Migration(migrations.Migration):
    dependencies = [
        ("enrollment", "0011_places_count_where_the_centre_is"),
    ]

    operations = [
        migrations.AlterField(
            model_name="application",
            name="id",
            field=common.crypto.ReservedKey(primary_key=True, serialize=False),
        ),
        migrations.AlterField(
            model_name="applicationcheck",
            name="id",
            field=common.crypto.ReservedKey(primary_key=True, serialize=False),
        ),
        migrations.AlterField(
            model_name="applicationstep",
            name="id",
            field=common.crypto.ReservedKey(primary_key=True, serialize=False),
        ),
        migrations.AlterField(
            model_name="attachment",
            name="content",
            field=common.crypto.EncryptedBinaryField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="attachment",
            name="id",
            field=common.crypto.ReservedKey(primary_key=True, serialize=False),
        ),
        migrations.AlterField(
            model_name="changerequest",
            name="id",
            field=common.crypto.ReservedKey(primary_key=True, serialize=False),
        ),
        migrations.AlterField(
            model_name="entitlementcheck",
            name="id",
            field=common.crypto.ReservedKey(primary_key=True, serialize=False),
        ),
        migrations.AlterField(
            model_name="requeststep",
            name="id",
            field=common.crypto.ReservedKey(primary_key=True, serialize=False),
        ),
        migrations.AlterField(
            model_name="studentchange",
            name="id",
            field=common.crypto.ReservedKey(primary_key=True, serialize=False),
        ),
        bind_to_rows(
            SealedColumn("enrollment.application.id_no"),
            SealedColumn("enrollment.application.phone"),
            SealedColumn("enrollment.application.email"),
            SealedColumn("enrollment.applicationstep.comment"),
            SealedColumn("enrollment.applicationcheck.remark"),
            SealedColumn("enrollment.studentchange.reason"),
            SealedColumn("enrollment.changerequest.old_value"),
            SealedColumn("enrollment.changerequest.new_value"),
            SealedColumn("enrollment.changerequest.reason"),
            SealedColumn("enrollment.requeststep.comment"),
            SealedColumn("enrollment.attachment.name"),
            SealedColumn("enrollment.entitlementcheck.findings"),
            SealedColumn("enrollment.attachment.content", at_once=FILES_AT_ONCE),
        ),
    ]
