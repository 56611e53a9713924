"""Treasurers and administrators see what was given back, what is contested and what may be fraud."""

from importlib import import_module

from django.db import migrations

ROLES = import_module("donations.migrations.0003_roles")


def give_rights(apps, schema_editor):
    alias = schema_editor.connection.alias
    for role in ("Treasurer", "Administrator"):
        group, _ = apps.get_model("auth", "Group").objects.using(alias).get_or_create(name=role)
        for model in ("refund", "dispute", "fraudwarning"):
            group.permissions.add(ROLES.permission(apps, alias, f"donations.{model}", "view"))


class Migration(migrations.Migration):
    dependencies = [("donations", "0012_received_otherwise")]
    operations = [
        # A role that staff have given to people is not taken from them by going back.
        migrations.RunPython(give_rights, migrations.RunPython.noop),
    ]
