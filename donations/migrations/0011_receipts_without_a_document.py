"""The receipts whose document is still to be made are found without reading all others."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('donations', '0010_difference_in_its_currency'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='receipt',
            index=models.Index(condition=models.Q(('rendered_at__isnull', True)), fields=['issued_at'], name='receipt_without_document'),
        ),
    ]
