"""A recurring gift in its donor's hands, with the sandbox's Stripe behind it."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client, override_settings

from donations import gateway, plans
from donations.donors import contact, email_change, erasure, sessions
from donations.gateway import asking
from donations.models import EndReason, PlanStatus, RecurringDonation
from donations.plans import readdressing, watching
from outreach.models import Letter
from programs.models import Program
from sandbox import faults
from sandbox.models import StripeObject
from tests import planning, staff
from tests.broken_stripe import broken_stripe
from tests.browser.donor import plain
from tests.giving import give, pay
from tests.journeys.waiting import eventually
from tests.processes import Worker

pytestmark = pytest.mark.django_db(transaction=True)

EMAIL = "camille@example.org"
NEW = "new@example.org"


@pytest.fixture
def begun(stripe_sandbox: str, program: Program) -> RecurringDonation:
    return planning.begin()


@pytest.fixture
def own(begun: RecurringDonation, client: Client) -> Client:
    client.cookies["my-gifts"] = sessions.begin(EMAIL)
    return client


def address(plan: RecurringDonation, word: str = "") -> str:
    return f"/en/my-gifts/plans/{plan.public_id}/{word}"


def words(client: Client, path: str) -> str:
    return plain(client.get(path).content.decode())


def unanswered(client: Client, plan: RecurringDonation, word: str, **data: str) -> str:
    """Stripe does what is asked, and its answer is lost however often it is asked for: the page."""
    faults.inject("error", lasting=dt.timedelta(minutes=1), match="POST subscriptions", done=True)
    answer = client.post(address(plan, f"{word}/"), data)
    faults.clear()

    assert answer.status_code == 503
    return plain(answer.content.decode())


def at_stripe() -> tuple[str, int]:
    """How the plan stands at Stripe, and how much it asks."""
    told = gateway.fetch_subscription(planning.plan().stripe_subscription_id or "")
    return told.status, told.amount_cents


def at_customer() -> str:
    """Where Stripe writes to about the plan."""
    return str(StripeObject.objects.get(object_id=planning.plan().stripe_customer_id).data["email"])


def agree_to(old: str, new: str) -> None:
    """Another address, agreed to by both."""
    change = email_change.ask(old=old, new=new, language="en")
    for link in (email_change.address_for_old, email_change.address_for_new):
        email_change.agree(link(str(change.reference)).rstrip("/").rpartition("/")[2])


def amounts_told() -> list[str]:
    """What the letters say that is given from now on, in the order they were owed."""
    changed = Letter.objects.filter(kind="plan_changed").order_by("pk")
    return [str(letter.facts["amount_cents"]) for letter in changed]


def test_the_plan_is_shown_with_its_next_payment_and_card(own: Client, begun: RecurringDonation) -> None:
    overview, page = words(own, "/en/my-gifts/"), words(own, address(begun))

    assert "€50 every month" in overview
    assert "Next payment on" in overview
    assert "Card ending in 4242" in page
    assert address(begun) in overview


def test_another_amount_counts_from_the_next_payment_on(own: Client, begun: RecurringDonation) -> None:
    assert 'value="50"' in words(own, address(begun, "amount/"))

    for _ in range(2):
        answer = own.post(address(begun, "amount/"), {"amount": "12,50"})
        assert answer["Location"] == f"{address(begun)}?done=amount"

    assert planning.plan().amount_cents == 1250
    assert "€12.50 every month" in words(own, answer["Location"])
    assert Letter.objects.filter(kind="plan_changed").count() == 1


def test_the_amount_to_change_is_written_as_one_writes_it_in_french(
    own: Client, begun: RecurringDonation
) -> None:
    own.post(address(begun, "amount/"), {"amount": "12,50"})
    path = address(begun, "amount/").replace("/en/", "/fr/")
    page = own.get(path, follow=True)

    assert 'value="12,50"' in page.content.decode()
    assert own.post(path, {"amount": "12,50"}).status_code == 303


@pytest.mark.parametrize("amount", ["", "1", "1.000", "much", "99999999"])
def test_an_amount_that_cannot_be_is_said_beside_the_field(
    own: Client, begun: RecurringDonation, amount: str
) -> None:
    assert own.post(address(begun, "amount/"), {"amount": amount}).status_code == 422
    assert planning.plan().amount_cents == 5000


def test_paused_and_resumed_however_often_it_is_pressed(own: Client, begun: RecurringDonation) -> None:
    for word, status in (("pause", PlanStatus.PAUSED), ("resume", PlanStatus.ACTIVE)):
        for _ in range(2):
            assert own.post(address(begun, f"{word}/")).status_code == 303
        assert planning.plan().status == status

    assert Letter.objects.filter(kind="plan_changed").count() == 2


def test_nothing_is_said_to_be_mended_where_nothing_can_be_paid(
    stripe_sandbox: str, program: Program, client: Client
) -> None:
    begun = planning.begin(planning.FAILING_CARD)
    client.cookies["my-gifts"] = sessions.begin(EMAIL)
    planning.pass_days(32)
    planning.hear()
    assert "You can mend it" in words(client, address(begun))

    for word in ("pause", "resume"):  # what failed is not asked for any more
        client.post(address(begun, f"{word}/"))

    page = words(client, address(begun))
    told = Letter.objects.filter(kind="plan_changed").order_by("pk")
    assert [letter.facts["change"] for letter in told] == ["paused", "resumed"]
    assert planning.plan().mend_url == ""
    assert "You can mend it" not in page
    assert "The last payment did not go through. Next payment on" in page


def test_the_card_is_changed_on_stripes_page(own: Client, begun: RecurringDonation) -> None:
    answer = own.post(address(begun, "payment/"))

    assert answer.status_code == 303
    assert "/sandbox/" in answer["Location"]


def test_ended_in_one_step_with_a_reason_or_none(own: Client, begun: RecurringDonation) -> None:
    page = words(own, address(begun, "cancel/"))
    assert page.count('<button class="button"') == 1

    for _ in range(2):
        answer = own.post(address(begun, "cancel/"), {"reason": "I move\nabroad."})
        assert answer["Location"] == f"{address(begun)}?done=cancelled"

    ended = planning.plan()
    assert (ended.status, ended.end_reason, ended.end_comment) == (
        PlanStatus.ENDED,
        EndReason.DONOR,
        "I move abroad.",
    )
    assert Letter.objects.filter(kind="plan_ended").count() == 1
    assert "Ended on" in words(own, answer["Location"])
    assert own.post(address(begun, "amount/"), {"amount": "20"}).status_code == 409
    assert own.post(address(begun, "pause/")).status_code == 409


def test_what_was_done_is_said_only_while_it_is_so(own: Client, begun: RecurringDonation) -> None:
    paused = own.post(address(begun, "pause/"))["Location"]
    assert "Nothing is charged until you resume it." in words(own, paused)
    resumed = own.post(address(begun, "resume/"))["Location"]
    assert "Your gift goes on." in words(own, resumed)

    assert "Nothing is charged until you resume it." not in words(own, paused)  # the browser's way back
    own.post(address(begun, "cancel/"))
    assert "Your gift goes on." not in words(own, resumed)
    for done in ("amount", "payment"):
        assert "from the next payment on" not in words(own, address(begun, f"?done={done}"))


@pytest.mark.parametrize("word", ["pause", "amount", "payment"])
def test_stripe_down_is_said_and_changes_nothing(
    own: Client, begun: RecurringDonation, settings: Any, word: str
) -> None:
    with broken_stripe(500) as down:
        settings.STRIPE_API_BASE = down
        answer = own.post(address(begun, f"{word}/"), {"amount": "20"})

    assert answer.status_code == 503
    assert "Nothing has changed. Please try again in a moment." in answer.content.decode()
    assert (planning.plan().status, planning.plan().amount_cents) == (PlanStatus.ACTIVE, 5000)


def test_an_answer_that_is_lost_is_not_said_to_have_changed_nothing(
    own: Client, begun: RecurringDonation
) -> None:
    page = unanswered(own, begun, "amount", amount="500")

    assert "We do not know whether it was done." in page
    assert "Nothing has changed" not in page


def test_going_back_to_the_amount_after_a_lost_answer_is_asked_of_stripe(
    own: Client, begun: RecurringDonation
) -> None:
    unanswered(own, begun, "amount", amount="500")
    mended = own.post(address(begun, "amount/"), {"amount": "50"})

    assert mended["Location"] == f"{address(begun)}?done=amount"
    assert at_stripe() == (PlanStatus.ACTIVE, 5000)
    assert amounts_told() == ["50000", "5000"]


def test_going_to_and_fro_is_never_taken_for_an_older_wish(own: Client, begun: RecurringDonation) -> None:
    for amount in ("20", "30", "20"):
        unanswered(own, begun, "amount", amount=amount)
        assert at_stripe() == (PlanStatus.ACTIVE, int(amount) * 100)


def test_asking_again_for_what_was_done_unheard_is_done_once(own: Client, begun: RecurringDonation) -> None:
    unanswered(own, begun, "amount", amount="20")

    assert own.post(address(begun, "amount/"), {"amount": "20"}).status_code == 303
    assert amounts_told() == ["2000"]


@pytest.mark.parametrize(
    ("first", "lost", "last", "status"),
    [("", "pause", "resume", PlanStatus.ACTIVE), ("pause", "resume", "pause", PlanStatus.PAUSED)],
)
def test_a_pause_and_its_end_are_asked_of_stripe_after_a_lost_answer(
    own: Client, first: str, lost: str, last: str, status: str
) -> None:
    if first:
        own.post(address(planning.plan(), f"{first}/"))
    unanswered(own, planning.plan(), lost)

    assert own.post(address(planning.plan(), f"{last}/")).status_code == 303
    assert at_stripe() == (status, 5000)


@pytest.mark.parametrize("word", ["amount", "pause", "resume"])
def test_nothing_is_done_to_a_gift_that_has_ended_unheard(
    own: Client, begun: RecurringDonation, word: str
) -> None:
    gateway.cancel_subscription(begun.stripe_subscription_id or "")

    assert own.post(address(begun, f"{word}/"), {"amount": "20"}).status_code == 409
    assert planning.plan().status == PlanStatus.ENDED


def test_the_wish_to_end_is_kept_while_stripe_is_down(
    own: Client, begun: RecurringDonation, settings: Any
) -> None:
    working = settings.STRIPE_API_BASE
    with broken_stripe(500) as down:
        settings.STRIPE_API_BASE = down
        answer = own.post(address(begun, "cancel/"))
    assert answer["Location"] == f"{address(begun)}?done=ending"
    page = words(own, answer["Location"])
    assert "Ending: our payment provider has yet to confirm it" in page
    assert "we ask again every few minutes until your gift has ended" in page
    settings.STRIPE_API_BASE = working

    plans.carry_out(planning.plan())

    assert planning.plan().status == PlanStatus.ENDED
    page = words(own, answer["Location"])  # loaded again, to see whether it is done
    assert "does not answer just now" not in page
    assert "Your gift has ended. Nothing more will be charged" in page


def test_a_renewal_goes_to_the_new_address(own: Client, begun: RecurringDonation) -> None:
    contact.change(begun.donor, contact.Contact("3 Sample Street", "D02", "Dublin", "IE", "en"))
    planning.pass_days(32)
    planning.hear()

    renewal = planning.plan().donations.order_by("-pk")[0]
    assert renewal.donor.city == "Dublin"
    assert planning.plan().donations.count() == 2


def test_stripe_writes_to_the_new_address_once_both_have_agreed(begun: RecurringDonation) -> None:
    agree_to(EMAIL, NEW)
    assert planning.plan().customer_email_due_at

    assert watching.sweep() == 1
    assert watching.sweep() == 0

    assert at_customer() == planning.plan().donor.email == NEW


def test_the_page_that_finishes_the_change_of_address_wakes_who_tells_stripe(
    begun: RecurringDonation, worker: Worker
) -> None:
    change = email_change.ask(old=EMAIL, new=NEW, language="en")
    for link in (email_change.address_for_old, email_change.address_for_new):
        Client().post(link(str(change.reference)), {"action": "agree"})

    assert eventually(lambda: at_customer() == NEW), worker.log.read_text()


def test_stripe_is_told_the_new_address_as_soon_as_it_answers(
    begun: RecurringDonation, settings: Any
) -> None:
    agree_to(EMAIL, NEW)
    with broken_stripe(500) as down, override_settings(STRIPE_API_BASE=down):
        watching.sweep()
    assert at_customer() == EMAIL

    gateway.change_customer_email(begun.stripe_customer_id, NEW)  # by a worker that died before it said so
    readdressing.tell(planning.plan())

    assert at_customer() == NEW
    assert planning.plan().customer_email_due_at is None


def test_of_two_changes_of_address_the_newer_stands_at_stripe(
    begun: RecurringDonation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that takes its time tells Stripe the older address after another told it the newer one."""
    tell, newest = gateway.change_customer_email, "newest@example.org"

    def overtaken(customer_id: str, email: str) -> None:
        monkeypatch.setattr(gateway, "change_customer_email", tell)
        agree_to(NEW, newest)
        readdressing.tell(planning.plan())
        tell(customer_id, email)

    agree_to(EMAIL, NEW)
    monkeypatch.setattr(gateway, "change_customer_email", overtaken)
    readdressing.tell(planning.plan())

    assert at_customer() == planning.plan().donor.email == newest
    assert planning.plan().customer_email_due_at is None


def test_a_plan_that_begins_after_the_change_of_address_has_the_new_one_at_stripe(
    stripe_sandbox: str, program: Program
) -> None:
    donation = give(frequency="monthly")
    agree_to(EMAIL, NEW)
    assert watching.sweep() == 0  # nobody pays yet
    pay(donation)
    planning.hear()

    watching.sweep()

    assert at_customer() == NEW


def test_stripe_is_told_no_address_of_a_gift_that_has_ended(begun: RecurringDonation) -> None:
    agree_to(EMAIL, NEW)
    plans.cancel(begun, reason=EndReason.DONOR)
    erasure.erase(erasure.ask(NEW, "en"), by=staff.member("Treasurer"))

    assert watching.sweep() == 0
    assert at_customer() == EMAIL


def test_somebody_elses_plan_cannot_be_touched(begun: RecurringDonation) -> None:
    other = Client()
    other.cookies["my-gifts"] = sessions.begin("philomene@example.org")

    codes = {other.post(address(begun, f"{word}/")).status_code for word in ("pause", "cancel", "payment")}

    assert codes == {404}
    assert planning.plan().status == PlanStatus.ACTIVE


def test_a_gift_that_asks_no_more_takes_no_other_amount_and_no_pause(
    own: Client, begun: RecurringDonation
) -> None:
    asking.client().v1.subscriptions.update(
        begun.stripe_subscription_id or "", {"cancel_at_period_end": True}
    )
    unheard = own.post(address(begun, "pause/"))
    page = own.get(address(begun, "amount/"))
    sent = own.post(address(begun, "amount/"), {"amount": "20"})

    assert [answer.status_code for answer in (unheard, page, sent)] == [409, 409, 409]
    assert "from the next payment on" not in page.content.decode()
    assert (planning.plan().status, planning.plan().amount_cents) == (PlanStatus.ACTIVE, 5000)
    thanked = planning.plan().donations.get()
    assert "Your recurring gift ends on" in words(own, f"/en/gifts/{thanked.public_id}/")


def test_a_plan_whose_payment_page_was_left_is_not_among_my_recurring_gifts(
    stripe_sandbox: str, program: Program, client: Client
) -> None:
    donation = give(frequency="monthly")
    gateway.expire_checkout(donation.stripe_session_id or "")
    planning.hear()
    client.cookies["my-gifts"] = sessions.begin(EMAIL)

    assert "every month" not in client.get("/en/my-gifts/").content.decode()
