"""A recurring gift that is to end, and who may look at recurring gifts and end them."""

from django.db import migrations, models

LOOK, END = ("view", "Can view recurring gift"), ("end", "Can end recurring gift")
RIGHTS = {"Fundraiser": (LOOK,), "Treasurer": (LOOK, END), "Administrator": (LOOK, END)}


def grant(apps, schema_editor):
    """Add the rights to the roles that are there; one that staff removed is not made anew."""
    alias = schema_editor.connection.alias
    content_type, _ = (
        apps.get_model("contenttypes", "ContentType")
        .objects.using(alias)
        .get_or_create(app_label="donations", model="recurringdonation")
    )
    for name, rights in RIGHTS.items():
        for group in apps.get_model("auth", "Group").objects.using(alias).filter(name=name):
            for action, text in rights:
                permission, _ = (
                    apps.get_model("auth", "Permission")
                    .objects.using(alias)
                    .get_or_create(
                        content_type=content_type,
                        codename=f"{action}_recurringdonation",
                        defaults={"name": text},
                    )
                )
                group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("donations", "0016_handle_again"),
    ]
    operations = [
        migrations.AddField(
            model_name="recurringdonation",
            name="stop_requested_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="to be ended since"),
        ),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
