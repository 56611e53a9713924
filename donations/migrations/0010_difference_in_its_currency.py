"""A difference is shown in the currency that Stripe has it in."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('donations', '0009_plans_that_end_on_a_day'),
    ]

    operations = [
        migrations.AddField(
            model_name='discrepancy',
            name='currency',
            field=models.CharField(default='EUR', max_length=3, verbose_name='currency at Stripe'),
        ),
    ]
