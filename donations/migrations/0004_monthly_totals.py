from zoneinfo import ZoneInfo

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth


def add_up(apps, schema_editor):
    """The months of the entries that are there already."""
    month = TruncMonth("occurred_at", tzinfo=ZoneInfo("Europe/Paris"))
    entries = apps.get_model("donations", "LedgerEntry").objects.order_by()
    rows = entries.values_list("program_id", month, "kind").annotate(Sum("amount_cents"), Count("pk"))
    monthly = apps.get_model("donations", "MonthlyTotal")
    monthly.objects.bulk_create(
        [
            monthly(program_id=program, month=first.date(), kind=kind, amount_cents=cents, entries=count)
            for program, first, kind, cents, count in rows
        ]
    )


class Migration(migrations.Migration):

    dependencies = [
        ('donations', '0003_roles'),
        ('programs', '0003_publishing_by_itself'),
    ]

    operations = [
        migrations.CreateModel(
            name='MonthlyTotal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(help_text='Its first day; the month it was in Paris.', verbose_name='month')),
                ('kind', models.CharField(choices=[('gift', 'Gift'), ('refund', 'Refund'), ('refund_reversed', 'Refund reversed'), ('dispute', 'Dispute'), ('dispute_reversed', 'Dispute reversed'), ('offline', 'Received otherwise'), ('correction', 'Correction')], max_length=16, verbose_name='kind')),
                ('amount_cents', models.BigIntegerField(verbose_name='amount (cents)')),
                ('entries', models.PositiveIntegerField(verbose_name='ledger entries')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.program', verbose_name='programme')),
            ],
            options={
                'verbose_name': 'monthly total',
                'verbose_name_plural': 'monthly totals',
                'ordering': ['month', 'kind'],
                'constraints': [models.UniqueConstraint(fields=('program', 'month', 'kind'), name='monthly_total_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['gift', 'refund', 'refund_reversed', 'dispute', 'dispute_reversed', 'offline', 'correction'])), name='monthly_total_kind_known')],
            },
        ),
        migrations.RunPython(add_up, migrations.RunPython.noop),
    ]
