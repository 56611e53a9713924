"""The site's own pages: what the law asks for is there, and what nobody here can know says so."""

import re
from typing import Any

import pytest
from django.core.checks import run_checks
from django.test import Client

from programs import placeholders
from programs.models import Page, Program

PAGES = {
    "legal-notice": "mentions-legales",
    "privacy": "confidentialite",
    "accessibility": "accessibilite",
    "contact": "contact",
}


@pytest.mark.parametrize(
    ("slug", "english", "french"),
    [
        (
            "legal-notice",
            [
                "Publisher",
                "Registered office",
                "SIREN",
                "Telephone",
                "E-mail",
                "Publication director",
                "Host",
            ],
            ["Éditeur", "Siège", "SIREN", "Téléphone", "Adresse électronique", "publication", "Hébergeur"],
        ),
        (
            "privacy",
            [
                "responsible",
                "Legal basis",
                "optional",
                "Stripe",
                "European Union",
                "6 years",
                "rights",
                "CNIL",
            ],
            ["Responsable", "Base légale", "facultatives", "Stripe", "européenne", "6 ans", "droits", "CNIL"],
        ),
        (
            "accessibility",
            [
                "not compliant",
                "RGAA 4.1",
                "2005-102",
                "Multi-year plan",
                "Technologies",
                "Défenseur des droits",
            ],
            [
                "non conforme",
                "RGAA 4.1",
                "2005-102",
                "Schéma pluriannuel",
                "Technologies",
                "Défenseur des droits",
            ],
        ),
        ("contact", ["24 boulevard du Montparnasse"], ["24 boulevard du Montparnasse"]),
    ],
)
def test_a_page_has_what_the_law_asks_for(
    client: Client, hematology: Program, slug: str, english: list[str], french: list[str]
) -> None:
    for address, words in ((f"/en/pages/{slug}/", english), (f"/fr/pages/{PAGES[slug]}/", french)):
        page = client.get(address).content.decode()
        assert [word for word in words if word not in page] == []


@pytest.mark.parametrize("slug", PAGES)
def test_both_languages_leave_the_same_gaps(hematology: Program, slug: str) -> None:
    page: Any = Page.objects.get(slug_en=slug)
    gaps = {language: placeholders.found(getattr(page, f"body_{language}")) for language in ("en", "fr")}

    assert gaps["en"]
    assert len(gaps["en"]) == len(gaps["fr"])
    assert all(gap.startswith("[to be completed") for gap in gaps["en"])
    assert all(gap.startswith("[à compléter") for gap in gaps["fr"])


def test_what_is_missing_is_marked_for_every_reader(client: Client, hematology: Program) -> None:
    english = client.get("/en/pages/legal-notice/").content.decode()
    french = client.get("/fr/pages/mentions-legales/").content.decode()

    assert "SIREN): <mark>[to be completed]</mark></p>" in english
    assert "in the <em>Journal officiel</em>]</mark></p>" in english
    assert "<mark>[à compléter&nbsp;: nom, adresse et téléphone]</mark>" in french
    for page in (english, french):
        assert page.count("<mark>") == len(placeholders.found(page)) > 5


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p>Tel.: [to be completed]</p>", ["[to be completed]"]),
        ("<p>À compléter</p>", ["À compléter"]),
        ("<p>To be completed after the audit</p>", ["To be completed"]),
        (
            "<p>[à compléter : <em>date</em> et lieu] [à compléter]</p>",
            ["[à compléter : <em>date</em> et lieu]", "[à compléter]"],
        ),
        ("<p>[à compléter : sans fin</p><p>suite]</p>", ["à compléter"]),
        ("<p>Nous voulons le compléter.</p>", []),
    ],
)
def test_a_placeholder_is_known_however_staff_write_it(html: str, found: list[str]) -> None:
    assert placeholders.found(html) == found
    assert re.sub("</?mark>", "", placeholders.marked(html)) == html


def test_pages_that_are_not_complete_are_counted_until_they_are(hematology: Program) -> None:
    assert Page.objects.with_placeholders().count() == len(PAGES)

    contact: Any = Page.objects.get(slug_en="contact")
    contact.body_en = "<p>Write to dons@example.org.</p>"
    contact.body_fr = "<p>Écrivez à dons@example.org pour le compléter.</p>"
    contact.save()
    assert not Page.objects.with_placeholders().filter(pk=contact.pk).exists()

    for spelling in (
        "À compléter",
        "À COMPLÉTER",
        "voir : à compléter",
        "To be completed",
        "TO BE COMPLETED",
    ):
        contact.body_fr = f"<p>{spelling}</p>"
        contact.save()
        assert Page.objects.with_placeholders().filter(pk=contact.pk).exists(), spelling


def test_opening_the_site_with_gaps_is_warned_of(hematology: Program, settings: Any) -> None:
    def warned() -> list[str]:
        found = run_checks(tags=["database"], databases=["default"])
        return [message.obj.slug_en for message in found if message.id == "programs.W001"]

    assert warned() == list(PAGES)
    Page.objects.exclude(slug_en="privacy").update(status="draft")
    assert warned() == ["privacy"]
    settings.DEBUG = True
    assert warned() == []
