"""What donors keep in their own hands: address and language, news, and a copy of everything."""

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from donations import offline, receipts
from donations.donors import contact, email_change, erasure, export, sessions
from donations.models import (
    BankLine,
    Dispute,
    Donation,
    Donor,
    EmailChange,
    ErasureRequest,
    FraudWarning,
    Frequency,
    OfflineGift,
    PlanStatus,
    Pledge,
    Receipt,
    RecurringDonation,
    Refund,
)
from outreach import letters, subscriptions
from outreach.models import Subscription, Suppression
from tests import staff
from tests.donations.offline_gifts import received
from tests.donations.receipt_gifts import donor, gift, program
from tests.donations.statements import one_line
from tests.donations.test_my_gifts_gifts import EMAIL, settled

pytestmark = pytest.mark.django_db

ABROAD = {
    "address": "3 Sample Street",
    "postal_code": "D02",
    "city": "Dublin",
    "country": "IE",
    "language": "en",
}


@pytest.fixture
def own(client: Client) -> Client:
    client.cookies["my-gifts"] = sessions.begin(EMAIL)
    return client


def plan(by: Donor, **changes: Any) -> RecurringDonation:
    values: dict[str, Any] = {
        "program": program(),
        "amount_cents": 2000,
        "frequency": Frequency.MONTHLY,
        "language": "fr",
        "status": PlanStatus.ACTIVE,
        "stripe_subscription_id": f"sub_{RecurringDonation.objects.count()}",
    }
    return RecurringDonation.objects.create(donor=by, **values | changes)


def test_a_new_address_is_for_gifts_to_come_and_changes_nothing_that_was(own: Client) -> None:
    given = gift()
    receipt = settled(given)
    going_on, over = plan(given.donor), plan(given.donor, status=PlanStatus.ENDED, ended_at=timezone.now())
    before = receipts.document(receipt)

    answer = own.post(f"/en/my-gifts/address/{given.public_id}/", ABROAD)

    assert answer["Location"] == "/en/my-gifts/?done=address"
    old, new = Donor.objects.order_by("pk")
    given.refresh_from_db()
    going_on.refresh_from_db()
    over.refresh_from_db()
    assert (old.city, given.donor_id, over.donor_id) == ("Lyon", old.pk, old.pk)
    assert (new.city, new.country, new.last_name, new.email) == ("Dublin", "IE", "Dupont", EMAIL)
    assert (going_on.donor_id, going_on.language) == (new.pk, "en")
    assert receipts.document(Receipt.objects.get()) == before
    page = own.get("/en/my-gifts/?done=address").content.decode()
    assert "Dublin" in page
    assert "Saved." in page


def test_the_address_that_is_shown_is_the_plans_too_once_it_is_kept(own: Client) -> None:
    old = donor(address="Old street")
    going_on, over = plan(old), plan(old, status=PlanStatus.ENDED, ended_at=timezone.now())
    later = gift(donor(address="New street", language="en"))
    path = f"/en/my-gifts/address/{later.public_id}/"
    shown = own.get(path).context["form"].initial
    assert shown["address"] == "New street"

    for _ in range(2):
        assert own.post(path, shown).status_code == 303

    for each in (going_on, over):
        each.refresh_from_db()
    assert (going_on.donor, going_on.language) == (later.donor, "en")
    assert over.donor == old
    assert Donor.objects.count() == 2


def test_saving_what_is_there_already_changes_nothing(own: Client) -> None:
    given = gift()
    for _ in range(2):
        own.post(f"/en/my-gifts/address/{given.public_id}/", ABROAD)

    assert Donor.objects.count() == 2


def test_going_back_to_an_old_address_is_a_change_like_another() -> None:
    person = donor()
    first = contact.of(person)
    contact.change(person, contact.Contact(**ABROAD))
    contact.change(person, first)

    gift(person)
    assert [giver.donor.city for giver in contact.givers(EMAIL)] == ["Lyon"]


def test_each_name_has_its_own_address(own: Client) -> None:
    at_home, at_work = gift(), gift(donor(kind="company", company_name="Atelier Exemple", city="Nantes"))
    own.post(f"/en/my-gifts/address/{at_work.public_id}/", ABROAD)

    assert {giver.donor.name: giver.donor.city for giver in contact.givers(EMAIL)} == {
        "Marie Dupont": "Lyon",
        "Atelier Exemple": "Dublin",
    }
    assert contact.find(EMAIL, at_home.public_id) == at_home.donor


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"country": "FR", "postal_code": "123"}, "postal_code"),
        ({"country": "FR", "postal_code": "75015", "city": ""}, "city"),
        ({"country": "ZZ"}, "country"),
        ({"language": "de"}, "language"),
        ({"address": "x" * 501}, "address"),
    ],
)
def test_a_wrong_answer_is_said_beside_its_field_and_nothing_is_kept(
    own: Client, changes: dict[str, str], field: str
) -> None:
    given = gift()

    answer = own.post(f"/en/my-gifts/address/{given.public_id}/", ABROAD | changes)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert Donor.objects.count() == 1


def test_news_is_chosen_programme_by_programme(own: Client) -> None:
    program()
    page = own.get("/en/my-gifts/news/").content.decode()
    assert "checked" not in page

    assert own.post("/en/my-gifts/news/", {"programs": ["hematology"]}).status_code == 303
    subscription = Subscription.objects.get()
    assert (subscription.email, subscription.source) == (EMAIL, "my gifts")
    assert subscription.confirmed_at is not None
    assert "progress updates" in subscription.consent_text
    assert "checked" in own.get("/en/my-gifts/news/").content.decode()

    assert "You receive the news you chose" in own.get("/en/my-gifts/?done=news").content.decode()

    none = own.post("/en/my-gifts/news/", {})["Location"]
    assert not subscriptions.told(EMAIL).exists()
    assert "You receive the news you chose" not in own.get(none).content.decode()
    own.post("/en/my-gifts/news/", {"programs": ["hematology"]})
    assert subscriptions.told(EMAIL).exists()
    assert Subscription.objects.count() == 1


def test_saving_the_same_choice_keeps_the_consent_as_it_was_given(own: Client) -> None:
    program()
    own.post("/en/my-gifts/news/", {"programs": ["hematology"]})
    before = Subscription.objects.values().get()
    own.post("/en/my-gifts/news/", {"programs": ["hematology"]})

    assert Subscription.objects.values().get() == before


def test_a_programme_that_is_not_offered_is_refused(own: Client) -> None:
    program()

    assert own.post("/en/my-gifts/news/", {"programs": ["another"]}).status_code == 422
    assert not Subscription.objects.exists()


def test_who_is_not_written_to_is_told_so(own: Client) -> None:
    program()
    Suppression.objects.create(email=EMAIL, reason="complaint")

    assert "No news is sent to this address" in own.get("/en/my-gifts/news/").content.decode()
    saved = own.post("/en/my-gifts/news/", {"programs": ["hematology"]})["Location"]
    assert "No news is sent to this address" in own.get(saved).content.decode()


def test_the_copy_holds_everything_and_nothing_of_others(own: Client) -> None:
    given = gift(amount_cents=5050)
    receipt = settled(given, paid_at=dt.datetime(2026, 5, 4, 12, 0, tzinfo=dt.UTC))
    going_on = plan(given.donor)
    settled(gift(donor(email="another@example.org", last_name="Quelconque")))
    own.post("/en/my-gifts/news/", {"programs": ["hematology"]})
    for to in (EMAIL, "another@example.org"):
        letters.owe(key=f"k{to}", kind="sign_in", to=to, language="fr", facts={})

    answer = own.get("/en/my-gifts/data/")
    copy = json.loads(answer.content)

    assert "attachment" in answer["Content-Disposition"]
    assert copy["email"] == EMAIL
    assert [row["id"] for row in copy["gifts"]] == [str(given.public_id)]
    assert copy["gifts"][0]["amount"] == "50.50"
    assert copy["gifts"][0]["paid_at"] == "2026-05-04T14:00:00+02:00"
    assert copy["gifts"][0]["movements"][0]["kind"] == "gift"
    assert [row["id"] for row in copy["recurring_gifts"]] == [str(going_on.public_id)]
    assert [row["number"] for row in copy["documents"]] == [receipt.reference]
    assert copy["documents"][0]["states"]["donor"]["name"] == "Marie Dupont"
    assert copy["donors"][0]["city"] == "Lyon"
    assert [row["programme"] for row in copy["news"]] == ["Hematology"]
    assert [row["to"] for row in copy["letters"]] == [EMAIL]
    assert "Quelconque" not in answer.content.decode()
    assert "another@" not in answer.content.decode()


def test_the_copy_has_every_column_about_the_donor(own: Client) -> None:
    """A column added later is told too, or left out here on purpose."""
    given = gift()
    settled(given)
    plan(given.donor)
    announced = Pledge.objects.create(program=given.program, donor=given.donor, way="cheque", language="fr")
    copy = json.loads(own.get("/en/my-gifts/data/").content)
    ours = {"id", "public_id", "donor", "program", "designation", "plan", "currency", "amount_cents"}
    # Of the machine: keys, addresses of Stripe's and times that say nothing of a person.
    machine = {
        *("submission_key", "livemode", "stripe_session_id", "checkout_url", "stripe_invoice_id"),
        *("checked_at", "settled_at", "review_first", "review_reason", "reviewed_at", "reviewed_by"),
    }

    assert {relation.name for relation in Donor._meta.related_objects} == {"donations", "plans", "pledges"}
    assert copy["announced_gifts"][0]["reference"] == announced.reference
    assert {field.name for field in Donor._meta.fields} - {"id"} == set(copy["donors"][0])
    assert {field.name for field in Donation._meta.fields} - ours - machine <= set(copy["gifts"][0])
    machine |= {"stripe_customer_id", "stripe_subscription_id", "failed_invoice_id", "mend_url"}
    told = set(copy["recurring_gifts"][0])
    assert {field.name for field in RecurringDonation._meta.fields} - ours - machine <= told


def test_the_copy_has_what_staff_wrote_and_the_bank_said_and_names_no_staff(own: Client) -> None:
    treasurer = staff.member("Treasurer")
    line = one_line(treasurer, name="MARIE DUPONT", text="POUR LA RECHERCHE", ref="R1")
    wanted = received(program(), email=EMAIL, amount_cents=5000, note="Asked for a tree", bank_reference="R1")
    recorded = offline.record(wanted, by=treasurer, key="k", line=line)
    given = recorded.donation
    Refund.objects.create(
        donation=given, amount_cents=700, reason="donor", note="By telephone", requested_by=treasurer
    )
    now = timezone.now()
    Dispute.objects.create(
        donation=given,
        stripe_dispute_id="dp_1",
        amount_cents=50,
        reason="general",
        status="won",
        opened_at=now,
    )
    FraudWarning.objects.create(
        donation=given, stripe_warning_id="issfr_1", fraud_type="misc", warned_at=now, seen_by=treasurer
    )

    text = own.get("/en/my-gifts/data/").content.decode()
    told = json.loads(text)["gifts"][0]

    otherwise = told["received_otherwise"]
    assert (otherwise["note"], otherwise["bank_reference"]) == ("Asked for a tree", "R1")
    assert otherwise["on_the_statement"]["name"] == "MARIE DUPONT"
    assert [(each["amount"], each["note"]) for each in told["refunds"]] == [("7.00", "By telephone")]
    assert [each["reason"] for each in told["disputes"]] == ["general"]
    assert [each["fraud_type"] for each in told["fraud_warnings"]] == ["misc"]
    assert treasurer.username not in text
    ours = {"id", "public_id", "key", "donation", "pledge", "amount_cents", "currency", "fee_cents", "gift"}
    ours |= {"recorded_by", "undone_by", "requested_by", "seen_at", "seen_by", "proof_path", "actionable"}
    ours |= {"statement", "account", "quoted", "resembles", "state", "decided_by", "decided_at"}
    for model, row in (
        (OfflineGift, otherwise),
        (Refund, told["refunds"][0]),
        (Dispute, told["disputes"][0]),
        (FraudWarning, told["fraud_warnings"][0]),
    ):
        assert {field.name for field in model._meta.fields} - ours <= set(row), model
    assert {field.name for field in BankLine._meta.fields} - ours - {"reason"} <= set(
        otherwise["on_the_statement"]
    )


def test_the_copy_has_what_was_asked_of_us_and_no_strangers_address(own: Client) -> None:
    gift()
    treasurer = staff.member("Treasurer")
    refused = erasure.ask(EMAIL, "fr")
    erasure.refuse(refused, by=treasurer, reason="The law keeps it.")
    email_change.ask(old=EMAIL, new="new@example.org", language="fr")
    email_change.ask(old="stranger@example.org", new=EMAIL, language="fr")
    ours = {
        "id",
        "reference",
        "digest",
        "email",
        "answered_by",
        "outcome",
        "stripe_forgotten_at",
        "emptied_at",
    }

    copy = json.loads(own.get("/en/my-gifts/data/").content)

    assert [each["reason"] for each in copy["requests_to_be_forgotten"]] == ["The law keeps it."]
    assert [each["new_email"] for each in copy["changes_of_email"]] == ["new@example.org"]
    told = {ErasureRequest: "requests_to_be_forgotten", EmailChange: "changes_of_email"}
    for model, name in told.items():
        assert {field.name for field in model._meta.fields} - ours <= set(copy[name][0]), model
    assert "stranger@" not in json.dumps(copy)


def test_a_change_that_is_done_is_in_the_copy_of_the_new_address_alone() -> None:
    gift()
    change = email_change.ask(old=EMAIL, new="new@example.org", language="fr")
    for link in (email_change.address_for_old, email_change.address_for_new):
        email_change.agree(link(str(change.reference)).rstrip("/").rpartition("/")[2])

    assert export.everything(EMAIL)["changes_of_email"] == []
    assert [row["old_email"] for row in export.everything("new@example.org")["changes_of_email"]] == [EMAIL]


def agree(old: str, new: str) -> None:
    change = email_change.ask(old=old, new=new, language="fr")
    for link in (email_change.address_for_old, email_change.address_for_new):
        email_change.agree(link(str(change.reference)).rstrip("/").rpartition("/")[2])


def copy_of_a_later_reader(email: str) -> str:
    """Somebody else reads the mailbox by now, and gives."""
    gift(donor(email=email, first_name="Somebody", last_name="Else"))
    return json.dumps(export.everything(email), ensure_ascii=False)


def test_whoever_reads_a_left_address_later_learns_nothing_of_who_left_it() -> None:
    settled(gift(donor(email="first@example.org")))
    agree("first@example.org", EMAIL)
    erasure.refuse(erasure.ask(EMAIL, "fr"), by=staff.member("Treasurer"), reason="Your gift of May")
    email_change.ask(old=EMAIL, new="dropped@example.org", language="fr")
    agree(EMAIL, "new@example.org")

    copy = copy_of_a_later_reader(EMAIL)

    assert "Somebody" in copy
    for told in ("first@example.org", "dropped@example.org", "new@example.org", "Your gift of May"):
        assert told not in copy
    assert "Your gift of May" in json.dumps(export.everything("new@example.org"))


def test_an_address_that_is_saved_as_the_email_changes_is_kept_under_the_new_one() -> None:
    found = contact.find(EMAIL, gift().public_id)
    assert found
    agree(EMAIL, "new@example.org")

    contact.change(found, contact.Contact("1 Sample Street", "D02", "Dublin", "IE", "en"))

    newest = Donor.objects.latest("pk")
    assert (newest.email, newest.city) == ("new@example.org", "Dublin")
