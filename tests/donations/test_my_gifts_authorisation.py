"""No address, id or token of one donor gives anything of another, or changes anything of theirs.

The addresses are read from the resolver: a new one is walked too, and one with a new kind of part in
it fails here until it is said how somebody else's looks. One that is not the donor's space's fails
until it is said to be everybody's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from donations import urls
from donations.donors import export, sessions, sign_in
from donations.models import Donation, Donor, SignInLink
from tests.donations.receipt_gifts import donor, gift
from tests.donations.test_my_gifts_about_me import plan
from tests.donations.test_my_gifts_gifts import settled

pytestmark = pytest.mark.django_db

MINE = "camille@example.org"
THEIRS = "philomene@example.org"
# What everybody may see: there is nothing personal on it, whoever holds the address.
EVERYBODYS = {"gift", "give", "other_ways", "card", "embed", "share_program", "share_update"}
# Whatever the forms of the space may be sent.
WISHES = {
    "reason": "",
    "amount": "20",
    "action": "agree",
    "programs": "hematology",
    "address": "1 Elsewhere",
    "postal_code": "D02",
    "city": "Dublin",
    "country": "IE",
    "language": "en",
}
SECRETS = ("Philom", "Quelconque", "Discrète", "35200", "Retenue", "€77", "77 €", "77.00")


@dataclass(frozen=True)
class Other:
    """Everything of another donor that an address may name."""

    donor: Donor
    gift: Donation
    parts: dict[str, str]


def everywhere(entries: list[Any]) -> Iterator[URLPattern]:
    """Every address of the site."""
    for entry in entries:
        if isinstance(entry, URLResolver):
            yield from everywhere(entry.url_patterns)
        else:
            yield entry


def patterns() -> Iterator[tuple[str, tuple[str, ...]]]:
    """The name of each address of the donor's space, and the parts that it is made with."""

    def below(
        entries: list[URLPattern | URLResolver], parts: tuple[str, ...]
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        for entry in entries:
            here = (*parts, *entry.pattern.converters)
            if isinstance(entry, URLResolver):
                yield from below(entry.url_patterns, here)
            else:
                assert entry.name, entry
                yield f"donations:{entry.name}", here

    for entry in urls.urlpatterns:
        if isinstance(entry, URLResolver) and str(entry.pattern) == "my-gifts/":
            yield from below(entry.url_patterns, ())


NAMED = list(patterns())


def theirs() -> dict[str, Any]:
    """All that is kept of the other donor, but for when it was looked at and what they were written."""
    kept = export.everything(THEIRS)
    return {name: kept[name] for name in kept if name not in ("exported_at", "letters")}


@pytest.fixture
def other() -> Other:
    person = donor(
        email=THEIRS,
        first_name="Philomène",
        last_name="Quelconque",
        address="7 impasse Discrète",
        postal_code="35200",
        city="Sainte-Retenue",
    )
    given = gift(person, amount_cents=7700)
    receipt = settled(given)
    return Other(
        donor=person,
        gift=given,
        parts={
            "gift": str(given.public_id),
            "plan": str(plan(person).public_id),
            "reference": receipt.reference,
            # Signed by us, for something else: what opens one door opens no other.
            "token": signing.Signer(salt="something else", sep="~").sign(given.public_id.hex),
        },
    )


@pytest.fixture
def mine(client: Client) -> Client:
    settled(gift(donor(email=MINE), amount_cents=1200))
    client.cookies["my-gifts"] = sessions.begin(MINE)
    return client


def test_the_walk_has_found_the_donors_space() -> None:
    space = [
        entry.name
        for entry in everywhere(get_resolver().url_patterns)
        if entry.callback.__module__.startswith("donations.views.my_gifts")
    ]

    assert len(space) >= 17
    assert sorted(f"donations:{name}" for name in space) == sorted(name for name, _parts in NAMED)


def test_an_address_of_gifts_is_either_the_donors_or_everybodys() -> None:
    known = {name.removeprefix("donations:") for name, _parts in NAMED} | EVERYBODYS

    assert {entry.name for entry in everywhere(urls.urlpatterns)} == known


@pytest.mark.parametrize(("name", "parts"), [row for row in NAMED if row[1]])
def test_what_names_somebody_elses_is_unknown_here(
    mine: Client, other: Other, name: str, parts: tuple[str, ...]
) -> None:
    path, before = reverse(name, kwargs={part: other.parts[part] for part in parts}), theirs()

    answers = [mine.get(path), mine.post(path, WISHES)]

    codes = {answer.status_code for answer in answers}
    assert 404 in codes
    assert codes <= {404, 405}  # an address for one method does not know the other
    assert theirs() == before
    for answer in answers:
        assert not any(secret in answer.content.decode() for secret in SECRETS)


@pytest.mark.parametrize(("name", "parts"), [row for row in NAMED if not row[1]])
def test_what_names_nothing_shows_nothing_of_others(
    mine: Client, other: Other, name: str, parts: tuple[str, ...]
) -> None:
    for path in (reverse(name), f"{reverse(name)}?email={THEIRS}&gift={other.gift.public_id}"):
        answer = mine.get(path)

        assert answer.status_code in {200, 405}
        assert not any(secret in answer.content.decode() for secret in SECRETS)


@pytest.mark.parametrize(("name", "parts"), [row for row in NAMED if not row[1]])
def test_a_form_that_names_somebody_else_is_about_its_sender(
    mine: Client, other: Other, name: str, parts: tuple[str, ...]
) -> None:
    before = theirs()

    answer = mine.post(reverse(name), WISHES | {"email": THEIRS, "old": THEIRS} | other.parts)

    assert answer.status_code in {302, 303, 405, 422}
    assert theirs() == before
    assert not any(secret in answer.content.decode() for secret in SECRETS)


@pytest.mark.parametrize(("name", "parts"), NAMED)
def test_whoever_has_proved_no_address_sees_nothing(other: Other, name: str, parts: tuple[str, ...]) -> None:
    path = reverse(name, kwargs={part: other.parts[part] for part in parts})
    for answer in (Client().get(path), Client().post(path, {"confirm": "1"})):
        body = answer.content.decode()

        assert answer.status_code in {200, 302, 303, 404, 405, 422}
        assert not any(secret in body for secret in SECRETS)


def test_a_link_leads_to_the_address_that_asked_for_it_and_no_other(mine: Client, other: Other) -> None:
    """Whoever opens it: a session that the browser had is over."""
    sign_in.ask(email=THEIRS, language="en", network="n")
    link = sign_in.address(str(SignInLink.objects.get().reference))

    mine.post(link.partition("//")[2].partition("/")[2].join(["/", ""]))

    page = mine.get("/en/my-gifts/").content.decode()
    assert THEIRS in page
    assert MINE not in page


def test_the_walk_would_see_a_leak(other: Other, client: Client) -> None:
    client.cookies["my-gifts"] = sessions.begin(THEIRS)

    assert "€77" in client.get(reverse("donations:my_gifts")).content.decode()
