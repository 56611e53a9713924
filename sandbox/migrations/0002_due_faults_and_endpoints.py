import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sandbox', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Due',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(max_length=20)),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='dues', to='sandbox.stripeobject')),
                ('due_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['due_at'], name='sandbox_due_at')],
                'constraints': [models.UniqueConstraint(fields=('what', 'target'), name='sandbox_due_once')],
            },
        ),
        migrations.CreateModel(
            name='Fault',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('timeout', 'calls time out'), ('rate_limit', 'calls are too many (429)'), ('error', 'calls fail (500)'), ('reset', 'calls are cut off'), ('duplicated', 'events come twice'), ('reordered', 'events come in another order'), ('delayed', 'events come late'), ('lost', 'events are lost')], max_length=20)),
                ('left', models.PositiveIntegerField(help_text='How many more it strikes; empty for all.', null=True)),
                ('until', models.DateTimeField(null=True)),
                ('match', models.CharField(blank=True, default='', max_length=200)),
                ('seconds', models.FloatField(default=5)),
                ('done', models.BooleanField(default=False, help_text='The call is carried out, and its answer lost.')),
            ],
        ),
        migrations.AddField(
            model_name='delivery',
            name='endpoint',
            field=models.ForeignKey(help_text="Where it goes; empty for the site's own endpoint.", null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='sandbox.stripeobject'),
        ),
    ]
