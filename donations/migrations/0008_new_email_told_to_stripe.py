"""A donor's new e-mail address is told to Stripe: those of the changes made so far, too."""

from django.db import migrations, models
from django.utils import timezone


def owe(apps, schema_editor):
    """Stripe has the old address of the plans that go on; the sweep tells it. Repeating it is safe."""
    alias = schema_editor.connection.alias
    changes = apps.get_model("donations", "EmailChange").objects.using(alias).filter(done_at__isnull=False)
    plans = apps.get_model("donations", "RecurringDonation").objects.using(alias).exclude(status="ended")
    moved = plans.filter(donor__email__in=changes.values("new_email"), customer_email_due_at=None)
    moved.update(customer_email_due_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("donations", "0007_failed_refunds_seen")]
    operations = [
        migrations.AddField(
            model_name="recurringdonation",
            name="customer_email_due_at",
            field=models.DateTimeField(
                blank=True, null=True, verbose_name="new e-mail to be told to Stripe since"
            ),
        ),
        migrations.RunPython(owe, migrations.RunPython.noop),
    ]
