"""Staff of the foundation at the admin, each in one of its roles."""

from django.contrib.auth.models import Group, User
from django.test import Client

ROLES = ("Editor", "Fundraiser", "Treasurer", "Administrator")


def member(role: str, username: str = "") -> User:
    """Somebody with that role, and no right besides it."""
    user, _ = User.objects.get_or_create(username=username or role.lower(), is_staff=True)
    user.groups.set([Group.objects.get(name=role)])
    return user


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(member(role))
    return client
