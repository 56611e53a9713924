"""Whole addresses for search engines, networks and feeds: this site's own, whatever host was asked."""

from django.conf import settings


def absolute(path: str) -> str:
    """`path` under SITE_URL. A visitor's Host header never ends in a page that others read."""
    return f"{settings.SITE_URL}{path}"
