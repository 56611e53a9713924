"""A gift by direct debit: on its way for days, then there or refused, and said plainly all along."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from donations import gateway, ledger, receipts, reconcile, tax
from donations.models import Donation, Method, Receipt, Status
from outreach import rendering
from outreach.models import Letter
from programs.models import Program
from sandbox import faults
from sandbox.models import StripeObject
from tests.donations import pdf_text
from tests.giving import REFUSED_IBAN, banks_answer, debit, give
from tests.planning import hear

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _site(stripe_sandbox: str, program: Program) -> None:
    pass


def refreshed() -> str:
    return reconcile.refresh(Donation.objects.select_related("donor", "program", "plan").get())


def read(donation: Donation) -> str:
    page = Client().get(f"/en/gifts/{donation.public_id}/")
    return " ".join(strip_tags(page.content.decode()).split())


def test_a_debit_on_its_way_is_not_counted_and_is_said_to_be_on_its_way(program: Program) -> None:
    donation = give()
    debit(donation)

    assert refreshed() == "processing"
    assert refreshed() == "nothing new"

    donation.refresh_from_db()
    assert (donation.status, donation.method) == (Status.PROCESSING, Method.SEPA_DEBIT)
    assert len(donation.mandate_reference) == 16
    assert ledger.read_total(program) == ledger.Total()
    assert not Receipt.objects.exists()
    assert "your bank is sending it" in read(donation)
    words = rendering.render(Letter.objects.get(kind="gift_processing"))
    assert "your gift of €50" in words.text
    assert donation.mandate_reference in words.text


def test_a_debit_that_is_collected_is_settled_with_its_receipt(program: Program) -> None:
    donation = give()
    debit(donation)
    refreshed()
    banks_answer()

    assert refreshed() == "settled"

    donation.refresh_from_db()
    assert donation.status == Status.PAID
    assert ledger.read_total(program).raised_cents == 5000
    assert Receipt.objects.get().facts["method"] == Method.SEPA_DEBIT
    assert sorted(Letter.objects.values_list("kind", flat=True)) == ["gift_processing", "gift_thanks"]


def test_a_debit_that_is_refused_is_told_kindly_with_a_way_to_give_again(program: Program) -> None:
    donation = give(language="en")
    debit(donation, REFUSED_IBAN)
    refreshed()
    banks_answer()

    assert refreshed() == "failed"
    assert refreshed() == "nothing new"

    assert ledger.read_total(program) == ledger.Total()
    words = rendering.render(Letter.objects.get(kind="gift_failed"))
    assert "Nothing was taken from your account" in words.text
    assert "/en/hematology/give/" in words.text
    assert "did not go through" in read(donation)


def test_a_debit_refused_before_we_looked_fails_all_the_same() -> None:
    donation = give()
    debit(donation, REFUSED_IBAN)
    banks_answer()

    assert refreshed() == "failed"
    assert list(Letter.objects.values_list("kind", flat=True)) == ["gift_failed"]


@pytest.mark.parametrize(
    ("day", "late"), [((2026, 12, 20), False), ((2026, 12, 21), True), ((2027, 1, 1), False)]
)
def test_only_the_end_of_december_is_late(day: tuple[int, int, int], late: bool) -> None:
    assert tax.debit_may_arrive_next_year(dt.date(*day)) is late


def test_a_debit_begun_late_in_december_says_which_year_it_may_count_for() -> None:
    donation = give()
    debit(donation)
    Donation.objects.update(created_at=dt.datetime(2026, 12, 28, 12, tzinfo=dt.UTC))
    refreshed()

    assert "may arrive in 2027" in read(donation)
    assert "may arrive in 2027" in rendering.render(Letter.objects.get()).text


def test_the_form_warns_of_debits_late_in_december(monkeypatch: pytest.MonkeyPatch) -> None:
    def warns_on(day: int) -> bool:
        monkeypatch.setattr(timezone, "now", lambda: dt.datetime(2026, 12, day, 12, tzinfo=dt.UTC))
        return "may arrive next year" in Client().get("/en/hematology/give/").content.decode()

    assert not warns_on(20)
    assert warns_on(28)


def test_a_mandate_that_stripe_does_not_show_keeps_no_money_waiting(program: Program) -> None:
    debit(give())
    banks_answer()
    faults.inject("error", match="GET mandates", lasting=dt.timedelta(minutes=5))

    with pytest.raises(gateway.Unavailable):
        refreshed()
    assert Donation.objects.get().status == Status.PAID
    faults.clear()

    assert refreshed() == "nothing new"
    assert len(Donation.objects.get().mandate_reference) == 16
    assert ledger.read_total(program).gifts == 1


def test_the_first_debit_of_a_plan_is_told_although_its_page_was_not_written_down() -> None:
    """We died between opening the payment page and writing its id down."""
    debit(give(frequency="monthly"))
    Donation.objects.update(stripe_session_id=None, checkout_url="")

    hear()

    assert Donation.objects.get().status == Status.PROCESSING
    assert list(Letter.objects.values_list("kind", flat=True)) == ["gift_processing"]


def banks_answer_days_before_they_pay() -> None:
    """Stripe may tell that a debit has succeeded before the day on which it is credited."""
    movement = StripeObject.objects.get(kind="balance_transaction")
    movement.data["available_on"] = int((timezone.now() + dt.timedelta(days=6)).timestamp())
    movement.save()
    banks_answer()


def test_no_letter_says_that_a_gift_has_reached_us_on_a_day_to_come(program: Program) -> None:
    donation = give()
    debit(donation)
    banks_answer_days_before_they_pay()

    refreshed()

    words = rendering.render(Letter.objects.get(kind="gift_thanks"))
    assert "reached us" not in words.text + words.html
    assert "is credited to us on" in words.text


@pytest.mark.parametrize(
    ("page", "untrue", "true"),
    [
        ("/fr/hematologie/", ["bien parvenu", "Montant reçu", "a été reçu"], ["est crédité", "Crédité le"]),
        (
            "/en/hematology/",
            ["reached us", "Amount received", "was received"],
            ["is credited", "Credited on"],
        ),
    ],
)
def test_no_document_says_that_a_gift_has_reached_us_on_a_day_to_come(
    page: str, untrue: list[str], true: list[str]
) -> None:
    donation = give(path=f"{page}give/")
    debit(donation)
    banks_answer_days_before_they_pay()
    refreshed()

    said = pdf_text.text(receipts.document(Receipt.objects.get()))

    assert [words for words in untrue if words in said] == []
    assert [words for words in true if words not in said] == []


def test_no_page_says_that_a_gift_has_arrived_before_the_day_on_which_it_is_credited(client: Client) -> None:
    donation = give()
    debit(donation)
    banks_answer_days_before_they_pay()
    refreshed()

    page = client.get(f"/en/gifts/{donation.public_id}/").content.decode()

    assert "has arrived" not in page
    assert "is credited to us on" in page
