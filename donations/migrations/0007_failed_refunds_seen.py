"""Refunds that came back are seen by staff, as fraud warnings are; reasons of banks in words."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('donations', '0006_more_for_the_roles'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='refund',
            name='seen_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='seen by staff'),
        ),
        migrations.AddField(
            model_name='refund',
            name='seen_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='seen by'),
        ),
        migrations.AlterField(
            model_name='dispute',
            name='reason',
            field=models.CharField(blank=True, choices=[('bank_cannot_process', 'The bank cannot process the payment'), ('check_returned', 'A cheque came back unpaid'), ('credit_not_processed', 'A refund was expected and did not come'), ('customer_initiated', 'The donor contests it, without saying why'), ('debit_not_authorized', 'The debit was not authorised'), ('duplicate', 'It was paid twice'), ('fraudulent', 'The card’s holder did not agree to it'), ('general', 'Another reason'), ('incorrect_account_details', 'The account is not the right one'), ('insufficient_funds', 'There is not enough money on the account'), ('noncompliant', 'It does not follow the card network’s rules'), ('product_not_received', 'Something was expected in return and did not come'), ('product_unacceptable', 'It was not what had been described'), ('subscription_canceled', 'The recurring gift had been ended before'), ('unrecognized', 'The donor does not recognise it')], max_length=60, verbose_name='what the bank says'),
        ),
        migrations.AlterField(
            model_name='fraudwarning',
            name='fraud_type',
            field=models.CharField(blank=True, choices=[('card_never_received', 'The card never reached its holder'), ('fraudulent_card_application', 'The card was asked for under a false identity'), ('made_with_counterfeit_card', 'A counterfeit card'), ('made_with_lost_card', 'A lost card'), ('made_with_stolen_card', 'A stolen card'), ('misc', 'Another fraud'), ('unauthorized_use_of_card', 'The card’s holder did not agree to it')], max_length=60, verbose_name='kind of fraud'),
        ),
    ]
