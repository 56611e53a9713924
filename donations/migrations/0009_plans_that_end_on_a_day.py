"""The day on which a plan is set to end at Stripe."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('donations', '0008_new_email_told_to_stripe'),
    ]

    operations = [
        migrations.AddField(
            model_name='recurringdonation',
            name='ends_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='to end on'),
        ),
    ]
