"""What `manage.py check --deploy --database default` says before the site opens."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Warning
from django.db import DatabaseError


def pages_are_complete(
    app_configs: object, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """A page that visitors read and that still says “to be completed”. Development shows it on purpose."""
    if settings.DEBUG or not databases:
        return []
    try:
        pages = list(apps.get_model("programs", "Page").objects.published().with_placeholders())
    except DatabaseError:  # not migrated yet, or not there: others say so
        return []
    return [
        Warning(
            f"The page “{page.title}” still says what is to be completed.",
            hint=f"Write it at /admin/programs/page/{page.pk}/change/.",
            obj=page,
            id="programs.W001",
        )
        for page in pages
    ]
