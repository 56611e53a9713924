"""Other ways to give: the foundation's account, and references for those who send money.

Permissions are normally made after all migrations; these are made here, as Django would make them.
"""

import django.db.models.deletion
import donations.models.issuer
import donations.references
from django.db import migrations, models


LOOKS_AT_PLEDGES = ("Fundraiser", "Treasurer", "Administrator")


def allow(apps, schema_editor):
    alias = schema_editor.connection.alias
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.using(alias).get_or_create(
        app_label="donations", model="pledge"
    )
    right, _ = apps.get_model("auth", "Permission").objects.using(alias).get_or_create(
        content_type=content_type, codename="view_pledge", defaults={"name": "Can view announced gift"}
    )
    for group in apps.get_model("auth", "Group").objects.using(alias).filter(name__in=LOOKS_AT_PLEDGES):
        group.permissions.add(right)


class Migration(migrations.Migration):

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ('donations', '0006_donor_sign_in'),
        ('programs', '0005_addresses_in_every_language'),
    ]

    operations = [
        migrations.AddField(
            model_name='issuer',
            name='bic',
            field=donations.models.issuer.TidyField(blank=True, max_length=20, validators=[donations.models.issuer.valid_bic], verbose_name='BIC'),
        ),
        migrations.AddField(
            model_name='issuer',
            name='iban',
            field=donations.models.issuer.TidyField(blank=True, help_text='The account that transfers go to. Donors see it as soon as it is here.', max_length=50, validators=[donations.models.issuer.valid_iban], verbose_name='IBAN'),
        ),
        migrations.CreateModel(
            name='Pledge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=donations.references.make, max_length=12, unique=True, verbose_name='reference')),
                ('way', models.CharField(choices=[('transfer', 'Bank transfer'), ('cheque', 'Cheque')], max_length=8, verbose_name='way')),
                ('amount_cents', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='amount (cents)')),
                ('updates_consent', models.TextField(blank=True, verbose_name='consent to updates')),
                ('language', models.CharField(max_length=5, verbose_name='language')),
                ('created_at', models.DateTimeField(auto_now_add=True, db_index=True, verbose_name='asked for')),
                ('donor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pledges', to='donations.donor', verbose_name='donor')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.program', verbose_name='programme')),
            ],
            options={
                'verbose_name': 'announced gift',
                'verbose_name_plural': 'announced gifts',
                'ordering': ['-created_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('way__in', ['transfer', 'cheque'])), name='pledge_way_known'), models.CheckConstraint(condition=models.Q(('amount_cents__isnull', True), ('amount_cents__gt', 0), _connector='OR'), name='pledge_amount_positive')],
            },
        ),
        # A role that staff have given to people is not taken from them by going back.
        migrations.RunPython(allow, migrations.RunPython.noop),
    ]
