"""Payments that a bank takes back: told, answered, won, lost; and warnings that come before."""

from datetime import timedelta
from typing import Any

import pytest
import stripe
from django.core.management import call_command
from django.utils import timezone

from sandbox import actions, sweep

from .conftest import asked, debit, pay


def after(minutes: float = 1) -> None:
    sweep.settle_due(timezone.now() + timedelta(minutes=minutes))


def types(client: stripe.StripeClient) -> list[str]:
    """What was told since the money came, oldest first."""
    told = [str(event.type) for event in client.v1.events.list({"limit": 100}).data][::-1]
    last = max(place for place, each in enumerate(told) if each.startswith("checkout.session"))
    return told[last + 1 :]


def disputed(client: stripe.StripeClient, card: str = "4000000000000259") -> stripe.Dispute:
    pay(client.v1.checkout.sessions.create(asked()), card)
    after()
    (dispute,) = client.v1.disputes.list().data
    return dispute


def books(client: stripe.StripeClient) -> list[tuple[str, str, int, int]]:
    rows = client.v1.balance_transactions.list().data[::-1]
    return [(row.type, row.reporting_category, row.amount, row.fee) for row in rows]


def test_disputed_card_takes_the_money_and_a_fee(client_of_stripe: stripe.StripeClient) -> None:
    dispute = disputed(client_of_stripe)

    charge = client_of_stripe.v1.charges.retrieve(str(dispute.charge))
    assert (charge.disputed, charge.paid, charge.refunded) == (True, True, False)
    assert (dispute.status, dispute.reason, dispute.amount) == ("needs_response", "fraudulent", 5000)
    assert dispute.payment_intent == charge.payment_intent
    assert not dispute.is_charge_refundable
    assert dispute.evidence_details.due_by
    days = (dispute.evidence_details.due_by - dispute.created) / 86_400
    assert (days, dispute.evidence_details.past_due) == (9, False)
    assert [(row.amount, row.fee, row.net) for row in dispute.balance_transactions] == [(-5000, 2000, -7000)]
    assert books(client_of_stripe)[1:] == [("adjustment", "dispute", -5000, 2000)]
    assert types(client_of_stripe) == ["charge.dispute.created", "charge.dispute.funds_withdrawn"]
    found = client_of_stripe.v1.disputes.list({"charge": charge.id, "expand": ["data.charge"]}).data
    assert [each.id for each in found] == [dispute.id]


def test_disputed_card_has_nothing_to_dispute_once_all_is_given_back(
    client_of_stripe: stripe.StripeClient,
) -> None:
    pay(client_of_stripe.v1.checkout.sessions.create(asked()), "4000000000000259")
    (charge,) = client_of_stripe.v1.charges.list().data
    client_of_stripe.v1.refunds.create({"charge": charge.id})

    after()

    assert client_of_stripe.v1.disputes.list().data == []


@pytest.mark.parametrize(
    ("evidence", "ends", "told"),
    [
        ("winning_evidence", "won", ["charge.dispute.closed", "charge.dispute.funds_reinstated"]),
        ("losing_evidence", "lost", ["charge.dispute.closed"]),
    ],
)
def test_published_evidence_decides(
    client_of_stripe: stripe.StripeClient, evidence: str, ends: str, told: list[str]
) -> None:
    dispute = disputed(client_of_stripe)

    answered = client_of_stripe.v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": evidence}})
    after()

    assert (answered.status, answered.evidence_details.submission_count) == ("under_review", 1)
    ended = client_of_stripe.v1.disputes.retrieve(dispute.id)
    assert ended.status == ends
    assert types(client_of_stripe)[2:] == ["charge.dispute.updated", *told]
    back = [("adjustment", "dispute_reversal", 5000, 0)] if ends == "won" else []
    assert books(client_of_stripe)[2:] == back
    assert len(ended.balance_transactions) == 1 + len(back)
    assert client_of_stripe.v1.charges.retrieve(str(dispute.charge)).disputed
    with pytest.raises(stripe.InvalidRequestError, match="already closed"):
        client_of_stripe.v1.disputes.close(dispute.id)


def test_evidence_may_be_kept_before_it_is_handed_in(client_of_stripe: stripe.StripeClient) -> None:
    dispute = disputed(client_of_stripe)
    update = client_of_stripe.v1.disputes.update

    kept = update(dispute.id, {"evidence": {"customer_name": "Ada"}, "submit": False, "metadata": {"a": "b"}})
    handed_in = update(dispute.id, {"submit": True})

    assert (kept.status, kept.evidence.customer_name) == ("needs_response", "Ada")
    assert (kept.evidence_details.has_evidence, kept.metadata.to_dict()) == (True, {"a": "b"})
    assert handed_in.status == "under_review"


def test_dispute_is_lost_when_accepted_or_not_answered(client_of_stripe: stripe.StripeClient) -> None:
    accepted = client_of_stripe.v1.disputes.close(disputed(client_of_stripe).id)
    pay(client_of_stripe.v1.checkout.sessions.create(asked()), "4000000000002685")
    after()
    late = client_of_stripe.v1.disputes.list({"limit": 1}).data[0]

    after(minutes=10 * 24 * 60)

    assert (accepted.status, late.reason) == ("lost", "product_not_received")
    assert client_of_stripe.v1.disputes.retrieve(late.id).status == "lost"
    assert types(client_of_stripe)[-1] == "charge.dispute.closed"


def test_inquiry_takes_nothing_until_it_is_escalated(client_of_stripe: stripe.StripeClient) -> None:
    asked_about = disputed(client_of_stripe, "4000000000001976")

    before = books(client_of_stripe)
    actions.perform(asked_about.id, "escalate")

    assert (asked_about.status, len(before)) == ("warning_needs_response", 1)
    assert client_of_stripe.v1.disputes.retrieve(asked_about.id).status == "needs_response"
    assert books(client_of_stripe)[1:] == [("adjustment", "dispute", -5000, 2000)]


def test_inquiry_allows_a_refund_and_ends_without_a_verdict(client_of_stripe: stripe.StripeClient) -> None:
    asked_about = disputed(client_of_stripe, "4000000000001976")

    client_of_stripe.v1.refunds.create({"charge": str(asked_about.charge)})
    closed = client_of_stripe.v1.disputes.close(asked_about.id)

    assert (asked_about.is_charge_refundable, closed.status) == (True, "warning_closed")


def test_disputed_charge_is_refunded_only_once_won(client_of_stripe: stripe.StripeClient) -> None:
    dispute = disputed(client_of_stripe)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client_of_stripe.v1.refunds.create({"charge": str(dispute.charge)})

    call_command("sandbox_act", "win", dispute.id)

    assert refusal.value.code == "charge_disputed"
    assert client_of_stripe.v1.refunds.create({"charge": str(dispute.charge)}).status == "succeeded"


@pytest.mark.parametrize("refunded", [2000, 5000])
def test_claim_on_a_direct_debit_takes_all_although_it_was_refunded(
    client_of_stripe: stripe.StripeClient, refunded: int
) -> None:
    debit(client_of_stripe.v1.checkout.sessions.create(asked()))
    (charge,) = client_of_stripe.v1.charges.list().data
    actions.perform(charge.id, "collect")
    client_of_stripe.v1.refunds.create({"charge": charge.id, "amount": refunded})

    actions.perform(charge.id, "dispute")

    (dispute,) = client_of_stripe.v1.disputes.list().data
    assert (dispute.status, dispute.amount) == ("lost", 5000)


def test_claim_on_a_direct_debit_is_lost_as_it_is_opened(client_of_stripe: stripe.StripeClient) -> None:
    debit(client_of_stripe.v1.checkout.sessions.create(asked()), "FR5720041010050500013M02608")
    after()
    after()

    (dispute,) = client_of_stripe.v1.disputes.list().data

    assert (dispute.status, dispute.reason, dispute.amount) == ("lost", "customer_initiated", 5000)
    assert dispute.evidence_details.due_by is None
    assert types(client_of_stripe) == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.closed",
    ]
    assert books(client_of_stripe) == [
        ("payment", "charge", 5000, 35),
        ("adjustment", "dispute", -5000, 750),
    ]
    with pytest.raises(stripe.InvalidRequestError, match="charged back"):
        client_of_stripe.v1.refunds.create({"charge": str(dispute.charge)})


def test_partly_refunded_charge_is_disputed_for_the_rest(client_of_stripe: stripe.StripeClient) -> None:
    pay(client_of_stripe.v1.checkout.sessions.create(asked()))
    (charge,) = client_of_stripe.v1.charges.list().data
    client_of_stripe.v1.refunds.create({"charge": charge.id, "amount": 2000})

    actions.perform(charge.id, "dispute")

    (dispute,) = client_of_stripe.v1.disputes.list({"payment_intent": str(charge.payment_intent)}).data
    assert dispute.amount == 3000
    with pytest.raises(actions.Impossible):
        actions.perform(charge.id, "dispute")


def test_early_warning_is_over_once_the_charge_is_refunded(client_of_stripe: stripe.StripeClient) -> None:
    pay(client_of_stripe.v1.checkout.sessions.create(asked()), "4000000000005423")
    after()
    (warning,) = client_of_stripe.v1.radar.early_fraud_warnings.list().data
    charge: Any = warning.charge

    client_of_stripe.v1.refunds.create({"charge": charge, "reason": "fraudulent"})

    assert (warning.actionable, warning.fraud_type) == (True, "made_with_stolen_card")
    settled = client_of_stripe.v1.radar.early_fraud_warnings.retrieve(warning.id)
    assert not settled.actionable
    refunded = client_of_stripe.v1.charges.retrieve(charge)
    assert refunded.fraud_details
    assert refunded.fraud_details.user_report == "fraudulent"
    assert types(client_of_stripe) == [
        "radar.early_fraud_warning.created",
        "refund.created",
        "charge.refunded",
        "radar.early_fraud_warning.updated",
    ]
