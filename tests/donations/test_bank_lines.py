"""Lines of a bank statement: who each may be from is proposed; what it is, a person decides, once."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from donations import ledger, offline
from donations.bank import deciding, demo, matching
from donations.donors import erasure
from donations.models import BankLine, Donation, Donor, LineState, OfflineGift, Pledge
from programs.models import Program
from tests import staff
from tests.donations import receipt_gifts
from tests.donations.offline_gifts import ADD as RECORD
from tests.donations.offline_gifts import CAMILLE, draft_in, in_order, received, record, typed
from tests.donations.statements import in_a_table, one_line


@pytest.fixture
def treasurer(db: None) -> User:
    return staff.member("Treasurer")


@pytest.fixture
def campaign(db: None) -> Program:
    return receipt_gifts.program()


def test_who_may_have_sent_it_is_said_with_its_reason(campaign: Program, treasurer: User) -> None:
    def announced(name: str, cents: int | None) -> Pledge:
        donor = Donor.objects.create(**{**CAMILLE, "last_name": name, "email": f"{name.lower()}@example.org"})
        pledge = Pledge.objects.create(
            program=campaign, donor=donor, way="transfer", language="fr", amount_cents=cents
        )
        Pledge.objects.update(created_at=dt.datetime(2026, 5, 1, tzinfo=dt.UTC))
        return pledge

    quoted, likely = announced("Autre", None), announced("Exemple", 5000)
    announced("Ailleurs", 5000)
    text = quoted.reference.replace("-", " ").lower().replace("0", "o")
    line = one_line(treasurer, text=f"don {text}")

    found = matching.proposals(line)

    assert line.quoted == quoted
    assert [(each.donor, str(each.sure)) for each in found] == [
        (quoted.donor, "Sure"),
        (likely.donor, "Likely"),
    ]
    page = staff.signed_in("Treasurer").get(reverse("admin:donations_bankline_change", args=[line.pk]))
    assert "The transfer quotes their reference." in page.content.decode()


def test_a_thousand_made_up_announcements_hide_no_real_one(campaign: Program, treasurer: User) -> None:
    donor, nobody = (
        Donor.objects.create(**{**CAMILLE, "last_name": name}) for name in ("Exemple", "Personne")
    )
    told = {"program": campaign, "way": "transfer", "language": "fr", "amount_cents": 5000}
    real = Pledge.objects.create(donor=donor, **told)
    Pledge.objects.bulk_create(Pledge(donor=nobody, **told) for _number in range(1_000))
    Pledge.objects.update(created_at=dt.datetime(2026, 5, 2, tzinfo=dt.UTC))
    Pledge.objects.filter(pk=real.pk).update(created_at=dt.datetime(2026, 5, 1, tzinfo=dt.UTC))

    found = matching.proposals(one_line(treasurer))

    assert [(each.pledge, str(each.sure)) for each in found] == [(real, "Likely")]


@pytest.mark.parametrize(
    ("known", "written"),
    [
        ({"first_name": "Éloïse", "last_name": "Modèle"}, "MLE ELOISE MODELE"),
        ({"first_name": "Noé", "last_name": "de l’Œuvre-Exemple"}, "M NOE DE L OEUVRE EXEMPLE"),
        ({"kind": "company", "company_name": "Ateliers Modèle"}, "SARL ATELIERS MODELE"),
    ],
)
def test_a_donor_is_known_as_banks_write_names(treasurer: User, known: dict[str, str], written: str) -> None:
    donor = Donor.objects.create(**{**CAMILLE, **known})
    Donor.objects.create(**{**CAMILLE, "last_name": "Modeler"})

    found = matching.proposals(one_line(treasurer, name=written))

    assert [each.donor for each in found] == [donor]


def test_a_table_without_names_still_proposes_who_its_words_name(campaign: Program, treasurer: User) -> None:
    announced = Donor.objects.create(**CAMILLE)
    Pledge.objects.create(program=campaign, donor=announced, way="transfer", language="fr", amount_cents=5000)
    Pledge.objects.update(created_at=dt.datetime(2026, 5, 1, tzinfo=dt.UTC))
    known = Donor.objects.create(**{**CAMILLE, "first_name": "Zoé", "last_name": "Témoin", "email": ""})
    in_a_table(
        treasurer,
        "04/05/2026;VIR SEPA RECU DE MLE EXEMPLE CAMILLE POUR DON A LA RECHERCHE AUX FAMILLES;50,00",
        "04/05/2026;VIR TEMOIN ZOE;9,00",
    )

    found = [matching.proposals(line) for line in BankLine.objects.order_by("-amount_cents")]

    assert [[(each.donor, str(each.sure)) for each in row] for row in found] == [
        [(announced, "Likely")],
        [(known, "Possible")],
    ]


def test_a_line_of_nobody_known_has_no_proposal(treasurer: User) -> None:
    assert matching.proposals(one_line(treasurer, name="", text="")) == []
    assert matching.proposals(one_line(treasurer, name="ZOE INCONNUE", text="x")) == []


def test_somebody_who_was_forgotten_is_proposed_for_no_line(campaign: Program, treasurer: User) -> None:
    record(campaign, received_on=dt.date(2026, 1, 5))  # so that the law keeps the name
    donor = Donor.objects.get()
    quoted = Pledge.objects.create(program=campaign, donor=donor, way="transfer", language="fr")
    Pledge.objects.update(created_at=dt.datetime(2026, 5, 1, tzinfo=dt.UTC))
    line = one_line(treasurer, text=f"DON {quoted.reference}")
    assert {each.donor for each in matching.proposals(line)} == {donor}

    erasure.erase(erasure.ask(donor.email, "fr"), by=treasurer)

    assert matching.proposals(line) == []


def test_a_line_is_recorded_from_its_own_amount_and_day(campaign: Program, treasurer: User) -> None:
    client = staff.signed_in("Treasurer")
    line = one_line(treasurer, ref="R1")
    donor = Donor.objects.create(**CAMILLE)
    page = client.get(f"{RECORD}?line={line.pk}&donor={donor.pk}").content.decode()
    assert 'value="camille@example.org"' in page

    lies = typed(campaign, line=line.pk, amount="9999", received_on="2020-01-01", method="cash")
    client.post(RECORD, {"draft": draft_in(client.post(RECORD, lies)), "record": "1"})

    gift = OfflineGift.objects.get()
    line.refresh_from_db()
    assert (gift.donation.amount_cents, gift.received_on) == (5000, dt.date(2026, 5, 4))
    assert (gift.donation.method, gift.bank_reference) == ("transfer", "R1")
    assert (line.state, line.gift, gift.donation.donor) == (LineState.RECORDED, gift, donor)
    assert ledger.read_total(campaign).raised_cents == 5000
    assert in_order()


def test_a_line_becomes_one_gift_whoever_confirms_it(campaign: Program, treasurer: User) -> None:
    line = one_line(treasurer)
    gift = offline.record(received(campaign, amount_cents=5000), by=treasurer, key="a", line=line)

    with pytest.raises(offline.Decided):
        offline.record(
            received(campaign, amount_cents=5000, email="x@example.org", last_name="Y", bank_reference="z"),
            by=treasurer,
            key="b",
            line=line,
            seen=[gift.donation_id],
        )
    assert Donation.objects.count() == 1
    assert offline.record(received(campaign), by=treasurer, key="a", line=line) == gift


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("keys", "told"),
    [("ab", ["recorded", "refused"]), ("aa", ["recorded", "recorded"])],
    ids=["two", "twice"],
)
def test_two_who_confirm_at_once_record_once(keys: str, told: list[str]) -> None:
    """Two people are told apart; the two halves of one person's double click are not."""
    program, treasurer = receipt_gifts.program(), staff.member("Treasurer")
    line = one_line(treasurer)

    def confirm(key: str) -> str:
        try:
            what = received(program, amount_cents=5000, email=f"{key}@example.org", last_name=key * 9)
            offline.record(what, by=treasurer, key=key, line=line)
        except (offline.Decided, offline.Doubtful):
            return "refused"
        finally:
            connection.close()
        return "recorded"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(confirm, keys)) == told

    assert Donation.objects.count() == OfflineGift.objects.count() == 1
    call_command("check_totals", stdout=StringIO())


def test_an_undone_gift_opens_its_line_again(campaign: Program, treasurer: User) -> None:
    line = one_line(treasurer)
    gift = offline.record(received(campaign, amount_cents=5000), by=treasurer, key="a", line=line)

    offline.correct(gift, by=treasurer, reason="Somebody else’s")

    line.refresh_from_db()
    assert (line.state, line.gift) == (LineState.OPEN, None)
    page = staff.signed_in("Treasurer").get(f"{RECORD}?again={gift.pk}")
    assert page.context["form"].line is None  # another reference: recorded by hand
    OfflineGift.objects.update(bank_reference=line.text)
    page = staff.signed_in("Treasurer").get(f"{RECORD}?again={gift.pk}")
    assert page.context["form"].line == line
    offline.record(received(campaign, amount_cents=5000), by=treasurer, key="b", line=line)
    assert in_order()


def test_a_line_that_is_no_gift_is_put_aside_with_a_reason_and_taken_up_again(treasurer: User) -> None:
    client = staff.signed_in("Treasurer")
    line = one_line(treasurer)
    place = reverse("admin:donations_bankline_dismiss", args=[line.pk])

    client.post(place, {"reason": " "})
    line.refresh_from_db()
    assert line.state == LineState.OPEN
    client.post(place, {"reason": "Interest of the bank"})
    client.post(place, {"reason": "Again"})
    line.refresh_from_db()
    assert (line.state, line.reason, line.decided_by) == (
        LineState.DISMISSED,
        "Interest of the bank",
        treasurer,
    )
    client.post(reverse("admin:donations_bankline_reopen", args=[line.pk]))
    line.refresh_from_db()
    assert (line.state, line.reason, line.decided_by) == (LineState.OPEN, "", None)


def test_a_dismissed_line_is_not_recorded(campaign: Program, treasurer: User) -> None:
    line = one_line(treasurer)
    deciding.dismiss(line, by=treasurer, reason="x")

    with pytest.raises(offline.Decided):
        offline.record(received(campaign, amount_cents=5000), by=treasurer, key="a", line=line)


def test_a_line_in_another_currency_is_shown_and_not_recorded(campaign: Program, treasurer: User) -> None:
    client = staff.signed_in("Treasurer")
    line = one_line(treasurer, currency="USD")
    page = client.get(reverse("admin:donations_bankline_change", args=[line.pk])).content.decode()

    assert "not in euros" in page
    assert client.get(f"{RECORD}?line={line.pk}").status_code == 404
    with pytest.raises(offline.Decided):
        offline.record(received(campaign, amount_cents=5000), by=treasurer, key="a", line=line)


def test_the_demonstration_shows_each_kind_of_line_once(campaign: Program, treasurer: User) -> None:
    for first_name, last_name, email in (
        ("Inès", "Témoin", "ines.temoin"),
        ("Noé", "Essai", "noe.essai"),
        ("Lou", "Patron", "lou.patron"),
        ("Éloïse", "Modèle", "eloise.modele"),
    ):
        said = {"first_name": first_name, "last_name": last_name, "email": f"{email}@example.org"}
        Donor.objects.create(**{**CAMILLE, **said})

    assert [demo.load(campaign, by=treasurer) for _twice in range(2)] == [True, False]

    lines = BankLine.objects.order_by("booked_on")
    sure = [[str(each.sure) for each in matching.proposals(line)] for line in lines.filter(state="open")]
    assert [line.state for line in lines] == ["recorded", "open", "open", "open", "open", "dismissed"]
    assert sure == [["Sure"], ["Likely"], ["Possible"], []]
    assert in_order()


def test_lines_that_wait_are_on_the_first_page(treasurer: User) -> None:
    one_line(treasurer)

    page = staff.signed_in("Treasurer").get("/admin/").content.decode()

    assert "1 line of a bank statement waits to be looked at." in page


@pytest.mark.parametrize(
    ("said", "is_payout"),
    [
        ({"name": "STRIPE TECHNOLOGY EUROPE LTD", "text": "STRIPE X1Y2"}, True),
        ({"name": "", "text": "VIR SEPA Stripe"}, True),
        ({"name": "CAMILLE STRIPEAU"}, False),
    ],
)
def test_what_stripe_pays_out_is_not_taken_for_a_gift(
    treasurer: User, campaign: Program, said: dict[str, str], is_payout: bool
) -> None:
    line = one_line(treasurer, **said)
    client = staff.signed_in("Treasurer")
    address = reverse("admin:donations_bankline_change", args=[line.pk])
    lines = reverse("admin:donations_bankline_changelist")

    assert ("Perhaps a payout" in client.get(lines).content.decode()) is is_payout
    page = client.get(address).content.decode()
    assert ("It is a payout" in page) is is_payout

    if is_payout:
        reason = "Paid out by Stripe: these gifts were counted one by one."
        assert f'value="{reason}"' in page
        client.post(reverse("admin:donations_bankline_dismiss", args=[line.pk]), {"reason": reason})
        line.refresh_from_db()
        assert (line.state, line.reason) == (LineState.DISMISSED, reason)
