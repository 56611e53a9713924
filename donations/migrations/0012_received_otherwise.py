"""Gifts that came otherwise than through the site, and who may record and undo them.

Permissions are normally made after all migrations; these are made here, as Django would make them.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


ROLES = {
    "Fundraiser": ("view", "add"),
    "Treasurer": ("view", "add", "change"),
    "Administrator": ("view", "add", "change"),
}


def allow(apps, schema_editor):
    alias = schema_editor.connection.alias
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.using(alias).get_or_create(
        app_label="donations", model="offlinegift"
    )
    rights = apps.get_model("auth", "Permission").objects.using(alias)
    for name, actions in ROLES.items():
        for group in apps.get_model("auth", "Group").objects.using(alias).filter(name=name):
            for action in actions:
                right, _ = rights.get_or_create(
                    content_type=content_type,
                    codename=f"{action}_offlinegift",
                    defaults={"name": f"Can {action} gift received otherwise"},
                )
                group.permissions.add(right)


class Migration(migrations.Migration):

    dependencies = [
        ('donations', '0011_donors_wishes'),
        ('programs', '0005_addresses_in_every_language'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='OfflineGift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(editable=False, max_length=64, unique=True, verbose_name='key')),
                ('received_on', models.DateField(verbose_name='received on')),
                ('bank_reference', models.CharField(blank=True, max_length=140, verbose_name='bank’s reference')),
                ('proof_path', models.CharField(blank=True, max_length=200, verbose_name='proof')),
                ('proof_name', models.CharField(blank=True, max_length=200, verbose_name='name of the file')),
                ('proof_type', models.CharField(blank=True, max_length=40, verbose_name='kind of file')),
                ('proof_sha256', models.CharField(blank=True, max_length=64, verbose_name='SHA-256 of the file')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='note')),
                ('recorded_at', models.DateTimeField(auto_now_add=True, verbose_name='recorded')),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='undone')),
                ('undone_reason', models.CharField(blank=True, max_length=500, verbose_name='why it was undone')),
            ],
            options={
                'verbose_name': 'gift received otherwise',
                'verbose_name_plural': 'gifts received otherwise',
                'ordering': ['-recorded_at', '-pk'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='donation',
            name='donation_status_known',
        ),
        migrations.RemoveConstraint(
            model_name='donor',
            name='donor_has_email',
        ),
        migrations.AlterField(
            model_name='donation',
            name='method',
            field=models.CharField(blank=True, choices=[('card', 'Card'), ('sepa_debit', 'SEPA direct debit'), ('transfer', 'Bank transfer'), ('cheque', 'Cheque'), ('cash', 'Cash'), ('other', 'Other, or from before this site')], max_length=10, verbose_name='method'),
        ),
        migrations.AlterField(
            model_name='donation',
            name='status',
            field=models.CharField(choices=[('pending', 'Pending'), ('processing', 'Processing'), ('paid', 'Paid'), ('failed', 'Failed'), ('expired', 'Expired'), ('held', 'Held for review'), ('disputed', 'Disputed'), ('lost', 'Lost to a dispute'), ('refunded', 'Refunded'), ('undone', 'Recorded by mistake')], default='pending', max_length=10, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='donor',
            name='email',
            field=models.EmailField(blank=True, db_index=True, max_length=254, verbose_name='e-mail'),
        ),
        migrations.AlterField(
            model_name='recurringdonation',
            name='method',
            field=models.CharField(blank=True, choices=[('card', 'Card'), ('sepa_debit', 'SEPA direct debit'), ('transfer', 'Bank transfer'), ('cheque', 'Cheque'), ('cash', 'Cash'), ('other', 'Other, or from before this site')], max_length=10, verbose_name='method'),
        ),
        migrations.AddConstraint(
            model_name='donation',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'processing', 'paid', 'failed', 'expired', 'held', 'disputed', 'lost', 'refunded', 'undone'])), name='donation_status_known'),
        ),
        migrations.AddConstraint(
            model_name='donor',
            constraint=models.CheckConstraint(condition=models.Q(('company_name', ''), ('email', ''), ('last_name', ''), _negated=True), name='donor_can_be_named'),
        ),
        migrations.AddField(
            model_name='offlinegift',
            name='donation',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='offline', to='donations.donation', verbose_name='donation'),
        ),
        migrations.AddField(
            model_name='offlinegift',
            name='pledge',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='gifts', to='donations.pledge', verbose_name='announced gift'),
        ),
        migrations.AddField(
            model_name='offlinegift',
            name='recorded_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='recorded by'),
        ),
        migrations.AddField(
            model_name='offlinegift',
            name='undone_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='undone by'),
        ),
        migrations.AddConstraint(
            model_name='offlinegift',
            constraint=models.CheckConstraint(condition=models.Q(('bank_reference', ''), ('proof_path', ''), _negated=True), name='offline_gift_has_proof'),
        ),
        migrations.AddConstraint(
            model_name='offlinegift',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('undone_at__isnull', True), ('undone_by__isnull', True), ('undone_reason', '')), models.Q(('undone_at__isnull', False), ('undone_by__isnull', False), models.Q(('undone_reason', ''), _negated=True)), _connector='OR'), name='offline_gift_undone_says_why'),
        ),
        # A role that staff have given to people is not taken from them by going back.
        migrations.RunPython(allow, migrations.RunPython.noop),
    ]
