"""A page as search engines read it: its links and what its head says."""

import re
from html import unescape

from django.test import Client

SITE = "https://give.example.org"
ENGLISH = [
    "/en/hematology/",
    "/en/hematology/give/",
    "/en/hematology/updates/",
    "/en/hematology/updates/first-news/",
    "/en/pages/privacy/",
    "/en/pages/contact/",
]
FRENCH = [
    "/fr/hematologie/",
    "/fr/hematologie/give/",
    "/fr/hematologie/updates/",
    "/fr/hematologie/updates/first-nouvelles/",
    "/fr/pages/confidentialite/",
    "/fr/pages/contact/",
]
PAIRS = list(zip(ENGLISH, FRENCH, strict=True))


def html_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def links(html: str, rel: str) -> list[str]:
    return re.findall(rf'<link rel="{rel}"[^>]* ?href="([^"]+)"', html)


def pairs(html: str) -> dict[str, str]:
    return dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)"', html))


def meta(html: str, name: str) -> list[str]:
    found = re.findall(rf'<meta (?:name|property)="{re.escape(name)}" content="([^"]*)"', html)
    return [unescape(each) for each in found]


def title_of(html: str) -> str:
    return unescape(re.findall(r"<title>(.*?)</title>", html)[0])
