"""What the roles may do with recurring gifts, what goes back, and gifts received otherwise.

Permissions are normally made after all migrations; these are made here, as Django would make them.
"""

from importlib import import_module

from django.db import migrations

FIRST = import_module("donations.migrations.0003_roles")
LOOK = ("view",)
KEEPS_THE_BOOKS = {
    "donations.bankline": (*LOOK, "change"),
    "donations.bankstatement": (*LOOK, "add"),
    "donations.comparison": LOOK,
    "donations.discrepancy": (*LOOK, "close"),
    "donations.dispute": LOOK,
    "donations.donation": ("review",),
    "donations.erasurerequest": (*LOOK, "answer"),
    "donations.fraudwarning": LOOK,
    "donations.offlinegift": (*LOOK, "add", "change"),
    "donations.pledge": LOOK,
    "donations.recurringdonation": (*LOOK, "end"),
    "donations.refund": LOOK,
    "donations.stripeevent": ("replay",),
}
ROLES = {
    "Fundraiser": {
        "donations.offlinegift": (*LOOK, "add"),
        "donations.pledge": LOOK,
        "donations.recurringdonation": LOOK,
    },
    "Treasurer": KEEPS_THE_BOOKS,
    "Administrator": KEEPS_THE_BOOKS,
}
# As the models say it; what Django would say otherwise.
NAMES = {
    "close_discrepancy": "Can repair or explain difference with Stripe",
    "replay_stripeevent": "Can handle Stripe event again",
    "review_donation": "Can decide on held donations",
}


def give_rights(apps, schema_editor):
    """A role that has the name gains what it lacks and loses nothing; one that staff removed is not made anew."""
    alias = schema_editor.connection.alias
    for name, models in ROLES.items():
        for group in apps.get_model("auth", "Group").objects.using(alias).filter(name=name):
            for label, actions in models.items():
                group.permissions.add(*(FIRST.permission(apps, alias, label, each) for each in actions))
    for codename, name in NAMES.items():
        apps.get_model("auth", "Permission").objects.using(alias).filter(codename=codename).update(name=name)


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("donations", "0005_recurring_reversals_and_other_ways"),
    ]
    operations = [
        # A right that staff have given to people is not taken from them by going back.
        migrations.RunPython(give_rights, migrations.RunPython.noop),
    ]
