from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0005_passwords_used"),
    ]

    operations = [
        migrations.AddField(
            model_name="passwordused",
            name="given",
            field=models.BooleanField(default=False, editable=False),
        ),
    ]
