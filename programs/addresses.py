"""Whole addresses for search engines, networks and feeds: this site's own, whatever host was asked."""

from urllib.parse import urljoin

from django.conf import settings


def absolute(path: str) -> str:
    """`path` under SITE_URL. A visitor's Host header never ends in a page that others read.

    What is whole already, such as a picture on a storage of its own, stays as it is.
    """
    return urljoin(f"{settings.SITE_URL}/", path)
