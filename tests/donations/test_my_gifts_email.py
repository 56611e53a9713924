"""Another e-mail address, once whoever reads the mail of each has agreed."""

import datetime as dt
import itertools
import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from donations import gateway, ledger, payments
from donations.donors import email_change, erasure, giving, limits, sessions, sign_in
from donations.models import Donation, Donor, DonorSession, EmailChange, ErasureRequest
from outreach import delivery, letters, subscriptions
from outreach.models import Letter, Subscription
from tests.donations.receipt_gifts import donor, gift, program
from tests.donations.test_my_gifts_gifts import EMAIL, NOON, settled
from tests.donations.test_my_gifts_signing_in import at_once

pytestmark = pytest.mark.django_db

NEW = "marie@example.org"


@pytest.fixture
def own(client: Client) -> Client:
    settled(gift())
    client.cookies["my-gifts"] = sessions.begin(EMAIL)
    return client


def ask(client: Client, email: str = NEW) -> Any:
    return client.post("/en/my-gifts/email/", {"email": email})


def ask_with(key: str, client: Client, email: str) -> int:
    """The same from another browser of the session."""
    client.cookies["my-gifts"] = key
    return int(ask(client, email).status_code)


def links() -> dict[str, str]:
    """The links in the letters, by the address that got each."""
    delivery.deliver(0)
    found = {}
    for message in mail.outbox:
        match = re.search(r"(/en/my-gifts/email/\S+)", str(message.body))
        assert match is not None
        found[message.to[0]] = match[1]
    return found


def agree(link: str, action: str = "agree") -> Any:
    """From whichever machine the mail is read on."""
    return Client().post(link, {"action": action})


@pytest.mark.parametrize("order", [(EMAIL, NEW), (NEW, EMAIL)])
def test_the_address_changes_once_both_have_agreed_in_whichever_order(
    own: Client, order: tuple[str, str]
) -> None:
    assert ask(own)["Location"] == "/en/my-gifts/?done=email"
    link = links()

    half = agree(link[order[0]])
    assert half.status_code == 200
    assert "One more letter to open" in half.content.decode()
    assert Donor.objects.get().email == EMAIL
    done = agree(link[order[1]])

    assert "The address has changed" in done.content.decode()
    assert Donor.objects.get().email == NEW
    assert [year.year for year in giving.by_year(NEW)] == [2026]
    assert EMAIL not in own.get("/en/my-gifts/").content.decode()
    assert not DonorSession.objects.filter(email=EMAIL).exists()


def test_opening_the_links_changes_nothing(own: Client) -> None:
    ask(own)
    for link in links().values():
        assert Client().get(link).status_code == Client().head(link).status_code == 200

    assert not EmailChange.objects.exclude(old_agreed_at=None, new_agreed_at=None).exists()


@pytest.mark.parametrize("side", [EMAIL, NEW])
def test_either_side_may_say_no(own: Client, side: str) -> None:
    ask(own)
    link = links()
    other = link[NEW if side == EMAIL else EMAIL]

    assert "Nothing changes" in agree(link[side], "refuse").content.decode()
    assert agree(other).status_code == 410
    assert Donor.objects.get().email == EMAIL


def test_a_no_that_comes_after_both_have_agreed_is_not_said_to_have_stopped_it(
    own: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(own)
    link = links()
    agree(link[EMAIL])
    token = link[NEW].rstrip("/").rpartition("/")[2]
    found = email_change.find(token)
    assert email_change.agree(token)

    monkeypatch.setattr(email_change, "find", lambda _token: found)  # as it was a moment ago
    answer = agree(link[NEW], "refuse")

    assert answer.status_code == 410
    assert "Nothing changes" not in answer.content.decode()


def test_each_link_agrees_once_and_for_a_day(own: Client) -> None:
    ask(own)
    link = links()
    agree(link[EMAIL])
    assert agree(link[EMAIL]).status_code == 410
    EmailChange.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))

    assert agree(link[NEW]).status_code == Client().get(link[NEW]).status_code == 410
    assert Donor.objects.get().email == EMAIL


def test_asking_again_replaces_what_was_asked_before(own: Client) -> None:
    ask(own)
    first = links()[NEW]
    ask(own, "another@example.org")

    assert agree(first).status_code == 410
    assert [change.new_email for change in EmailChange.objects.filter(dropped_at=None)] == [
        "another@example.org"
    ]


def test_a_link_of_one_side_or_kind_is_not_one_of_another(own: Client) -> None:
    ask(own)
    token = links()[NEW].rstrip("/").rpartition("/")[2]
    sign_in.ask(email=EMAIL, language="en", network="n")

    assert agree(f"/en/my-gifts/email/{token.replace('-new', '-old')}/").status_code == 404
    assert Client().post(f"/en/my-gifts/open/{token}/").status_code == 404


def test_nobody_is_written_to_more_than_a_few_times_a_day(own: Client) -> None:
    codes = [ask(own, f"n{number}@example.org").status_code for number in range(4)]
    assert codes == [303, 303, 303, 429]

    for number in range(3):
        settled(gift(donor(email=f"d{number}@example.org")))
        email_change.ask(old=f"d{number}@example.org", new="quiet@example.org", language="en")
    own.cookies["my-gifts"] = sessions.begin("d0@example.org")
    assert ask(own, "quiet@example.org").status_code == 429


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_are_no_error_and_one_wish() -> None:
    key = sessions.begin(EMAIL)

    assert at_once(2, lambda client: ask_with(key, client, NEW)) == [303, 303]
    assert EmailChange.objects.filter(dropped_at=None).count() == 1


def test_the_other_half_of_a_double_click_finds_what_the_first_has_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hold, first = limits.hold, []

    def overtaken(what: str) -> None:
        monkeypatch.setattr(limits, "hold", hold)
        first.append(email_change.ask(old=EMAIL, new=NEW, language="en"))
        hold(what)

    monkeypatch.setattr(limits, "hold", overtaken)

    assert [email_change.ask(old=EMAIL, new=NEW, language="en")] == first
    assert Letter.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_different_addresses_asked_for_at_once_are_one_wish_and_three_at_most() -> None:
    key, numbers = sessions.begin(EMAIL), itertools.count()

    codes = at_once(5, lambda client: ask_with(key, client, f"n{next(numbers)}@example.org"))

    assert codes == [303] * 3 + [429] * 2
    assert EmailChange.objects.filter(dropped_at=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_address_that_many_want_at_once_is_left_in_peace() -> None:
    keys = iter([sessions.begin(f"d{number}@example.org") for number in range(5)])

    assert at_once(5, lambda client: ask_with(next(keys), client, NEW)) == [303] * 3 + [429] * 2


@pytest.mark.parametrize("email", ["", EMAIL, EMAIL.upper(), "nothing"])
def test_what_is_no_other_address_is_said_beside_the_field(own: Client, email: str) -> None:
    assert ask(own, email).status_code == 422
    assert not EmailChange.objects.exists()


def test_the_links_are_known_to_their_readers_alone_and_the_old_address_to_its_owner(own: Client) -> None:
    ask(own)
    tokens = [link.rstrip("/").rpartition("/")[2] for link in links().values()]

    kept = str(list(Letter.objects.values())) + str(list(EmailChange.objects.values()))
    assert not any(token in kept for token in tokens)
    to_new = next(message for message in mail.outbox if message.to == [NEW])
    assert EMAIL not in str(to_new.body)


def test_news_and_requests_move_with_the_address(own: Client) -> None:
    told: dict[str, Any] = {
        "program": program(),
        "language": "en",
        "consent_text": "Yes",
        "source": "form",
        "consented_at": timezone.now(),
    }
    subscriptions.confirm(email=EMAIL, **told)
    erasure.ask(EMAIL, "en")
    ask(own)
    for link in links().values():
        agree(link)

    assert [subscription.email for subscription in Subscription.objects.active()] == [NEW]
    assert erasure.waiting(NEW)


def test_what_the_new_address_has_chosen_about_news_stands(own: Client) -> None:
    told: dict[str, Any] = {"program": program(), "language": "en", "consent_text": "Yes", "source": "form"}
    subscriptions.confirm(email=EMAIL, **told, consented_at=timezone.now())
    subscriptions.confirm(email=NEW, **told, consented_at=timezone.now())
    subscriptions.end(NEW, program())
    ask(own)
    for link in links().values():
        agree(link)

    assert not Subscription.objects.active().exists()


def test_two_who_agree_at_the_same_moment_finish_it_once() -> None:
    settled(gift())
    email_change.ask(old=EMAIL, new=NEW, language="en")
    tokens = [link.rstrip("/").rpartition("/")[2] for link in links().values()]

    assert sorted(email_change.agree(token) for token in tokens) == [False, True]
    with pytest.raises(email_change.Unusable):
        email_change.agree(tokens[0])


def change_to(email: str) -> None:
    """Asked for and agreed to by both."""
    change = email_change.ask(old=EMAIL, new=email, language="en")
    for side in (email_change.address_for_old, email_change.address_for_new):
        email_change.agree(side(str(change.reference)).rstrip("/").rpartition("/")[2])


def test_two_addresses_that_become_one_are_one_donor_in_the_total() -> None:
    settled(gift())
    settled(gift())
    settled(gift(donor(email=NEW)))
    assert ledger.read_total(program()).donors == 2

    change_to(NEW)

    assert ledger.read_total(program()) == ledger.sum_entries(program())
    assert ledger.read_total(program()).donors == 1


def test_a_gift_that_was_read_before_the_address_changed_counts_its_donor_once() -> None:
    settled(gift(donor(email=NEW)))
    late = gift()
    change_to(NEW)

    Donation.objects.filter(pk=late.pk).update(status="paid", paid_at=NOON, settled_at=NOON)
    ledger.post_gift(late, charge_id="ch_late", fee_cents=0, occurred_at=NOON)

    assert ledger.read_total(program()) == ledger.sum_entries(program())


def test_two_addresses_that_both_asked_to_be_forgotten_become_one_that_did() -> None:
    settled(gift())
    settled(gift(donor(email=NEW)))
    for email in (EMAIL, NEW):
        erasure.ask(email, "en")

    change_to(NEW)

    assert [asked.email for asked in ErasureRequest.objects.all()] == [NEW]


def test_letters_follow_their_reader_to_the_new_address() -> None:
    settled(gift())
    letters.owe(key="waits", kind="gift_thanks", to=EMAIL, language="en", facts={"donor_name": "Marie"})
    sign_in.ask(email=EMAIL, language="en", network="n")
    sign_in.answer_waiting()

    change_to(NEW)

    assert Letter.objects.get(key="waits").to == NEW
    assert not Letter.objects.filter(kind="sign_in", state="queued").exists()
    assert not Letter.objects.filter(to=EMAIL).exists()


def test_a_gift_heard_of_while_its_donor_moves_brings_news_and_thanks_to_the_new_address() -> None:
    settled(gift())
    given = gift(Donor.objects.get(), updates_consent="Yes, tell me.")
    heard = Donation.objects.select_related("donor", "program", "designation", "plan").get(pk=given.pk)
    change_to(NEW)  # while Stripe is asked

    payments.settle(
        heard, gateway.Payment("pi_moves", "ch_moves", 5000, "EUR", 0, "card", NOON, livemode=False)
    )

    assert [subscription.email for subscription in Subscription.objects.all()] == [NEW]
    assert Letter.objects.get(kind="gift_thanks").to == NEW
