"""Giving by transfer or cheque: what is shown, the reference that is given, and the letter that says how."""

import html
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from donations import iban, references, transfers
from donations.forms import PledgeForm
from donations.models import Donor, Issuer, LedgerEntry, Pledge
from donations.receipts import issuer
from outreach.models import Letter
from outreach.rendering import render
from programs.models import Program
from tests.giving import form_data

IBAN = "FR7630006000011234567890189"
PATH = "/en/hematology/other-ways/"
_GIFT_ONLY = ("amount", "other_amount", "frequency", "designation", "display", "public_name")


@pytest.fixture
def account(program: Program) -> Issuer:
    foundation = issuer.current()
    foundation.iban, foundation.bic, foundation.contact_email = IBAN, "AGRIFRPP", "dons@example.org"
    foundation.save()
    return foundation


def answers(**changes: Any) -> dict[str, str]:
    data = {name: value for name, value in form_data().items() if name not in _GIFT_ONLY}
    return data | {"way": "transfer", "sum": "120"} | changes


def ask(client: Client | None = None, path: str = PATH, **changes: Any) -> Any:
    return (client or Client()).post(path, answers(**changes))


@pytest.mark.embedded
@pytest.mark.parametrize(
    ("text", "right"),
    [
        (IBAN, True),
        ("FR7630006000011234567890188", False),  # one figure is wrong
        ("FR763000600001123456789018", False),  # one is missing
        ("DE89370400440532013000", True),
        ("DE8937040044053201300", False),
        ("GB82WEST12345698765432", True),
        ("", False),
        ("FR", False),
        ("ＦＲ7630006000011234567890189", False),
        ("FR76" + "0" * 1000, False),
    ],
)
def test_an_account_number_is_known_by_its_check(text: str, right: bool) -> None:
    assert iban.is_iban(text) is right


@pytest.mark.django_db
def test_an_account_is_kept_tidy_and_never_wrong() -> None:
    foundation = Issuer(name="Institut", iban="fr76 3000 6000 0112 3456 7890 189", bic="agrifrpp")
    foundation.full_clean()

    assert (foundation.iban, foundation.bic) == (IBAN, "AGRIFRPP")
    for wrong in ({"iban": "FR76 3000 6000 0112 3456 7890 188"}, {"bic": "AGRI"}):
        with pytest.raises(ValidationError, match="This is not"):
            Issuer(name="Institut", **wrong).full_clean()


@pytest.mark.embedded
@given(st.integers(0, 7), st.sampled_from(references.ALPHABET))
@settings(max_examples=60, deadline=None)
def test_no_single_slip_makes_another_reference(place: int, mark: str) -> None:
    right = references.make()
    marks = right.replace("IM-", "").replace("-", "")
    slipped = marks[:place] + mark + marks[place + 1 :]
    swapped = marks[: max(place - 1, 0)] + marks[max(place - 1, 0) : place + 1][::-1] + marks[place + 1 :]

    assert re.fullmatch(r"IM-[0-9A-HJKMNP-TVWXY]{4}-[0-9A-HJKMNP-TVWXY]{4}", right)
    for other in (slipped, swapped):
        assert references.read(f"IM-{other[:4]}-{other[4:]}") == (right if other == marks else "")


@pytest.mark.embedded
@pytest.mark.parametrize(
    "written",
    [
        "IM-7K04-2M1W",
        "im7k042m1w",
        "DON IM 7KO4 2MIW MERCI",
        "virement/im-7ko4-2mlw/camille",
        "7K04 2M1W",
        "I M 7 K 0 4 2 M 1 W",
        "ＩＭ－７Ｋ０４－２Ｍ１Ｗ",
        "x" * 500 + " IM-7K04-2M1W",
    ],
)
def test_a_reference_is_read_however_it_was_copied(written: str) -> None:
    assert "IM-7K04-2M1W" in references.find(written)
    assert references.find(written * 5_000)  # and a text without end is not read to its end


def test_the_page_shows_the_account_and_the_address(account: Issuer, client: Client) -> None:
    for path, said in ((PATH, "Bank transfer"), ("/fr/hematologie/other-ways/", "Virement bancaire")):
        page = client.get(path).content.decode()

        assert said in page
        assert "FR76\u00a03000\u00a06000\u00a00112\u00a03456\u00a07890\u00a0189" in page
        assert "AGRIFRPP" in page
        assert "24 boulevard du Montparnasse" in page


def test_without_an_account_the_page_says_so_and_whom_to_ask(program: Program, client: Client) -> None:
    page = client.get(PATH).content.decode()
    assert "is not on this site yet" in page
    assert "by post" in page
    assert 'value="transfer"' not in page

    Issuer.objects.update(contact_email="dons@example.org")
    page = client.get(PATH).content.decode()

    assert "mailto:dons@example.org" in page
    assert ask(way="transfer").status_code == 422


def test_the_form_and_the_programme_lead_there(program: Program, client: Client) -> None:
    for path in ("/en/hematology/", "/en/hematology/give/"):
        assert f'href="{PATH}"' in client.get(path).content.decode()
    assert client.get("/fr/hematology/other-ways/")["Location"] == "/fr/hematologie/other-ways/"
    assert client.get("/en/nothing/other-ways/").status_code == 404


@pytest.mark.parametrize(("way", "told"), [("transfer", "FR76 3000"), ("cheque", "boulevard")])
def test_who_asks_is_given_a_reference_and_a_letter(
    account: Issuer, client: Client, way: str, told: str
) -> None:
    answer = ask(client, way=way, updates="on")
    page = client.get(PATH).content.decode()

    pledge = Pledge.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"{PATH}#reference")
    assert pledge.reference in page
    assert (pledge.amount_cents, pledge.donor.name) == (12_000, "Camille Exemple")
    assert pledge.updates_consent.startswith("Send me")
    words = render(Letter.objects.get())
    assert pledge.reference in words.subject
    for text in (words.text, words.html):
        assert pledge.reference in text
        assert told in html.unescape(text).replace("\u00a0", " ")
    assert not LedgerEntry.objects.exists()  # a promise is not money
    assert pledge.reference not in Client().get(PATH).content.decode()


def test_the_letter_is_french_where_the_page_was(account: Issuer, program: Program) -> None:
    ask(path="/fr/hematologie/other-ways/")

    words = render(Letter.objects.get())
    assert words.subject.startswith("Comment envoyer votre don")
    assert "Bénéficiaire\u00a0: Institut Imagine" in words.text


def test_asking_again_finds_the_same_reference(account: Issuer) -> None:
    for _again in range(3):
        ask()

    assert Pledge.objects.count() == Letter.objects.count() == Donor.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_is_one_reference(account: Issuer, program: Program) -> None:
    form = PledgeForm(answers(), ways=transfers.ways())
    assert form.is_valid()

    def announce(_half: int) -> str:
        try:
            return transfers.announce(program, form.answers()).reference
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(announce, range(4)))) == 1

    assert Pledge.objects.count() == Letter.objects.count() == 1


def test_one_address_gets_few_letters_an_hour_and_the_same_answer(account: Issuer) -> None:
    sent = [ask(Client(), first_name=f"Camille {number}") for number in range(transfers.LETTERS_AN_HOUR + 2)]

    assert {(answer.status_code, answer["Location"]) for answer in sent} == {(303, f"{PATH}#reference")}
    assert Letter.objects.count() == transfers.LETTERS_AN_HOUR
    ask(email="dominique@example.org")
    assert Letter.objects.filter(to="dominique@example.org").count() == 1


def test_visitors_whose_address_is_not_known_bring_about_no_end_of_letters(
    account: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfers, "LETTERS_AN_HOUR_IN_ALL", 2)

    for number in range(4):
        assert ask(Client(), email=f"camille{number}@example.org").status_code == 303

    assert (Pledge.objects.count(), Letter.objects.count()) == (4, 2)


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("first_name", "Win at http://casino.example"),
        ("last_name", "WWW.casino.example"),
        ("company_name", "casino.example/win"),
        ("first_name", "casino\u200b.example/win"),  # letters leave such marks out
        ("last_name", "http:\u00ad//casino.example"),
    ],
)
def test_no_letter_carries_a_strangers_link(account: Issuer, field: str, name: str) -> None:
    company = {"donor_kind": "company", "company_name": "Atelier Exemple"} if "company" in field else {}

    answer = ask(Client(), **{**company, field: name})

    assert answer.status_code == 422
    assert "A name holds no link." in answer.content.decode()
    assert not Letter.objects.exists()


def test_no_spelling_of_an_address_gets_more_letters_than_the_address(account: Issuer) -> None:
    domains = (
        "example.org",
        "\uff45xample.org",
        "\U0001d41example.org",
        "example\u3002org",
        "EXAMPLE.\uff4frg",
    )
    for number, domain in enumerate(domains):
        assert ask(Client(), email=f"camille@{domain}", sum=str(10 + number)).status_code == 303

    assert set(Donor.objects.values_list("email", flat=True)) == {"camille@example.org"}
    assert Letter.objects.count() == transfers.LETTERS_AN_HOUR


def test_one_network_brings_about_few_letters_and_the_same_answer(
    account: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfers, "LETTERS_AN_HOUR_FROM_A_NETWORK", 2)

    def send(number: int, address: str) -> Any:
        return Client(REMOTE_ADDR=address).post(PATH, answers(email=f"camille{number}@example.org"))

    sent = [send(number, "203.0.113.9") for number in range(4)]

    assert {(answer.status_code, answer["Location"]) for answer in sent} == {(303, f"{PATH}#reference")}
    assert (Pledge.objects.count(), Letter.objects.count()) == (4, 2)
    send(9, "198.51.100.9")
    assert Letter.objects.count() == 3


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("sum", "1.000", "Which one?|Do you mean"),
        ("sum", "-5", "smallest gift"),
        ("sum", "1", "smallest gift"),
        ("sum", "9" * 12, "please write to us"),
        ("sum", "9" * 5000, "at most 40"),
        ("sum", "ten", "in figures"),
        ("email", "camille", "valid email"),
        ("email", "", "Give your e-mail"),
        ("way", "gold", "Select a valid choice"),
        ("postal_code", "1", "five digits"),
        ("last_name", "", "Give your last name"),
    ],
)
def test_a_wrong_answer_is_explained_and_the_rest_kept(
    account: Issuer, client: Client, name: str, value: str, said: str
) -> None:
    answer = ask(client, **{name: value})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(said, page)
    assert "1 rue de l’Exemple" in page
    assert not Pledge.objects.exists()


def test_changing_the_language_keeps_what_was_typed(account: Issuer, client: Client) -> None:
    page = ask(client, path="/fr/hematologie/other-ways/", switch="1", sum="77").content.decode()

    assert 'value="77"' in page
    assert not Pledge.objects.exists()
