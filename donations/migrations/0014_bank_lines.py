"""Lines of the bank's statements, and who may read statements and decide on lines.

Permissions are normally made after all migrations; these are made here, as Django would make them.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


KEEPS_THE_BOOKS = ("Treasurer", "Administrator")
RIGHTS = {"bankstatement": ("view", "add"), "bankline": ("view", "change")}
NAMES = {"bankstatement": "bank statement", "bankline": "bank line"}


def allow(apps, schema_editor):
    alias = schema_editor.connection.alias
    types = apps.get_model("contenttypes", "ContentType").objects.using(alias)
    rights = apps.get_model("auth", "Permission").objects.using(alias)
    groups = apps.get_model("auth", "Group").objects.using(alias).filter(name__in=KEEPS_THE_BOOKS)
    for model, actions in RIGHTS.items():
        content_type, _ = types.get_or_create(app_label="donations", model=model)
        for action in actions:
            right, _ = rights.get_or_create(
                content_type=content_type,
                codename=f"{action}_{model}",
                defaults={"name": f"Can {action} {NAMES[model]}"},
            )
            for group in groups:
                group.permissions.add(right)


class Migration(migrations.Migration):

    dependencies = [
        ('donations', '0013_reversal_roles'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BankStatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='file')),
                ('format', models.CharField(choices=[('camt', 'camt.053 (XML)'), ('table', 'Table (CSV)')], max_length=5, verbose_name='format')),
                ('path', models.CharField(max_length=200, verbose_name='kept as')),
                ('sha256', models.CharField(max_length=64, unique=True, verbose_name='SHA-256 of the file')),
                ('account', models.CharField(blank=True, max_length=50, verbose_name='account')),
                ('columns', models.JSONField(blank=True, default=dict, verbose_name='columns')),
                ('first_on', models.DateField(blank=True, null=True, verbose_name='from')),
                ('last_on', models.DateField(blank=True, null=True, verbose_name='until')),
                ('added', models.PositiveIntegerField(default=0, verbose_name='new lines')),
                ('known', models.PositiveIntegerField(default=0, verbose_name='known already')),
                ('skipped', models.PositiveIntegerField(default=0, verbose_name='left out')),
                ('uploaded_at', models.DateTimeField(auto_now_add=True, verbose_name='imported')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='read')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='imported by')),
            ],
            options={
                'verbose_name': 'bank statement',
                'verbose_name_plural': 'bank statements',
                'ordering': ['-uploaded_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='BankLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(editable=False, max_length=64, unique=True, verbose_name='key')),
                ('account', models.CharField(max_length=50, verbose_name='account')),
                ('booked_on', models.DateField(verbose_name='booked on')),
                ('amount_cents', models.PositiveBigIntegerField(verbose_name='amount (cents)')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('name', models.CharField(blank=True, max_length=200, verbose_name='from whom')),
                ('text', models.CharField(blank=True, max_length=1000, verbose_name='message')),
                ('bank_reference', models.CharField(blank=True, max_length=140, verbose_name='bank’s reference')),
                ('state', models.CharField(choices=[('open', 'To look at'), ('recorded', 'Recorded as a gift'), ('dismissed', 'No gift')], default='open', max_length=9, verbose_name='state')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='why it is no gift')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('gift', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='line', to='donations.offlinegift', verbose_name='gift')),
                ('quoted', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='donations.pledge', verbose_name='reference quoted')),
                ('statement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='donations.bankstatement', verbose_name='bank statement')),
            ],
            options={
                'verbose_name': 'bank line',
                'verbose_name_plural': 'bank lines',
                'ordering': ['-booked_on', '-pk'],
                'indexes': [models.Index(fields=['state', '-booked_on'], name='bank_line_state_booked')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_cents__gt', 0)), name='bank_line_amount_positive'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('gift__isnull', True), ('reason', ''), ('state', 'open')), models.Q(('decided_at__isnull', False), ('gift__isnull', False), ('reason', ''), ('state', 'recorded')), models.Q(('decided_at__isnull', False), ('gift__isnull', True), ('state', 'dismissed'), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='bank_line_state_fits')],
            },
        ),
        # A role that staff have given to people is not taken from them by going back.
        migrations.RunPython(allow, migrations.RunPython.noop),
    ]
