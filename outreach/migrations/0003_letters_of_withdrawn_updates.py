"""The letters of withdrawn updates are found without reading all that were not sent."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('outreach', '0002_letters_about_payments'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='letter',
            index=models.Index(condition=models.Q(('error', 'The update was withdrawn.'), ('state', 'suppressed')), fields=['broadcast'], name='letter_withdrawn'),
        ),
    ]
