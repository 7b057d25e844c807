from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bookings", "0002_roster")]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="checked_version",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
    ]
