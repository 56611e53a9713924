"""Before the processes start: catalogues, tables, the programme's words, a login for the admin.

Every step may be repeated: what staff changed since stays as they left it.
"""

import os
import secrets
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command

from campaign import catalogues

USERNAME = "staff"
ROLES = ("Editor", "Fundraiser", "Treasurer", "Administrator")
_CONTENT = ("load_content", "load_tax_rules")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign.settings")
    catalogues.compile_all()
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    for name in _CONTENT:
        call_command(name)
    _let_staff_in(password())
    if settings.SANDBOX:
        _fill_the_roles()
        call_command("load_demo")


def login_file() -> Path:
    return Path(settings.VAR_DIR) / "demo-password.txt"


def password() -> str:
    """This copy's own password for the demo login: drawn once, kept with its data, in no repository."""
    file = login_file()
    kept = file.read_text().strip() if file.exists() else ""
    if not kept:
        kept = secrets.token_urlsafe(12)
        file.touch(mode=0o600)
        file.write_text(kept + "\n")
    return kept


def _let_staff_in(word: str) -> None:
    user, _ = get_user_model().objects.get_or_create(
        username=USERNAME, defaults={"email": "staff@example.org"}
    )
    if not (user.is_active and user.is_superuser and user.check_password(word)):
        user.is_active = user.is_staff = user.is_superuser = True
        user.set_password(word)
        user.save()


def _fill_the_roles() -> None:
    """A fictitious person for each role, called as the role; they share the demo login's password."""
    people = get_user_model().objects
    password_of_staff = people.get(username=USERNAME).password
    for role in apps.get_model("auth", "Group").objects.filter(name__in=ROLES):
        name = role.name.lower()
        user, made = people.get_or_create(
            username=name, defaults={"email": f"{name}@example.org", "is_staff": True}
        )
        if made:
            user.groups.set([role])
        if user.password != password_of_staff:
            user.password = password_of_staff
            user.save()


if __name__ == "__main__":
    main()
