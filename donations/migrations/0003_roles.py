"""Who may do what: four roles, which staff may change afterwards.

Permissions are normally made after all migrations; these are made here, as Django would make them.
"""

from django.db import migrations

LOOK, WORK = ("view",), ("view", "add", "change")
ALL = (*WORK, "delete")
PARTS = (
    "section",
    "testimonial",
    "resource",
    "fundingneed",
    "keyfigure",
    "suggestedamount",
    "milestone",
    "picture",
    "question",
)
ROLES = {
    "Editor": {
        "programs.program": WORK,
        "programs.page": ALL,
        "programs.progressupdate": ALL,
        **{f"programs.{part}": ALL for part in PARTS},
    },
    "Fundraiser": {
        "programs.program": LOOK,
        "programs.progressupdate": ALL,
        "donations.donation": LOOK,
        "donations.donor": LOOK,
        "donations.programtotal": LOOK,
        "outreach.letter": (*LOOK, "change"),
        "outreach.broadcast": LOOK,
        "outreach.subscription": LOOK,
        "outreach.suppression": ALL,
    },
    "Treasurer": {
        "programs.program": LOOK,
        "donations.donation": (*LOOK, "refund", "export"),
        "donations.donor": LOOK,
        "donations.ledgerentry": LOOK,
        "donations.programtotal": LOOK,
        "donations.receipt": LOOK,
        "donations.stripeevent": LOOK,
        "donations.taxrule": ALL,
        "donations.issuer": WORK,
    },
}
ROLES["Administrator"] = {
    **{model: ALL for model in ROLES["Editor"]},
    **ROLES["Treasurer"],
    **ROLES["Fundraiser"],
    "programs.program": ALL,
    "programs.progressupdate": ALL,
    "donations.donation": (*LOOK, "refund", "export"),
    "auth.user": ALL,
    "auth.group": ALL,
}
NAMES = {"refund": "Can refund donation", "export": "Can export donations and the ledger"}


def create(apps, schema_editor):
    """Make the roles. One that has the name already gains what it lacks and loses nothing."""
    alias = schema_editor.connection.alias
    Group = apps.get_model("auth", "Group")
    for name, models in ROLES.items():
        group, _ = Group.objects.using(alias).get_or_create(name=name)
        for label, actions in models.items():
            group.permissions.add(*(permission(apps, alias, label, action) for action in actions))


def permission(apps, alias, label, action):
    application, model = label.split(".")
    content_type, _ = (
        apps.get_model("contenttypes", "ContentType")
        .objects.using(alias)
        .get_or_create(app_label=application, model=model)
    )
    name = NAMES.get(action) or f"Can {action} {apps.get_model(application, model)._meta.verbose_name_raw}"
    found, _ = (
        apps.get_model("auth", "Permission")
        .objects.using(alias)
        .get_or_create(content_type=content_type, codename=f"{action}_{model}", defaults={"name": name[:255]})
    )
    return found


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("programs", "0003_publishing_by_itself"),
        ("outreach", "0001_initial"),
        ("donations", "0002_guard_the_ledger"),
    ]
    operations = [
        migrations.AlterModelOptions(
            name="donation",
            options={
                "ordering": ["-created_at"],
                "permissions": [
                    ("refund_donation", "Can refund donation"),
                    ("export_donation", "Can export donations and the ledger"),
                ],
                "verbose_name": "donation",
                "verbose_name_plural": "donations",
            },
        ),
        # A role that staff have given to people is not taken from them by going back.
        migrations.RunPython(create, migrations.RunPython.noop),
    ]
