"""The billing portal: a session made for a customer, and what they do there."""

import copy
from typing import Any

from django.urls import reverse

from sandbox import cards, changes, errors, events, ibans, payments, store, values
from sandbox.billing import clocks, cycles, ending, saving
from sandbox.calls import Call
from sandbox.models import StripeObject
from sandbox.resources import customers, portal_configurations, portal_sessions, setup_intents, subscriptions

KIND = portal_sessions.KIND
LIFE = 60 * 60  # seconds a session may be used; Stripe's are short-lived too
TYPES = ["card", "sepa_debit"]
_SIMULATED = {"configuration", "customer", "expand", "flow_data", "locale", "return_url"}
_FLOWS = {"payment_method_update", "subscription_cancel"}


def create(call: Call) -> dict[str, Any]:
    given = call.params
    for name in given.keys() - _SIMULATED:
        raise errors.NotSimulated(f"portal sessions with {name}", param=name)
    if "customer" not in given:
        raise errors.missing("customer")
    customer = store.named(customers.KIND, given["customer"], "customer")
    configuration = _configuration(given.get("configuration"))
    return_url = given.get("return_url") or configuration["default_return_url"]
    if return_url:
        values.url(return_url, "return_url")
    data = portal_sessions.blank(
        configuration=configuration["id"],
        customer=customer.object_id,
        flow=_flow(given.get("flow_data"), customer.object_id, configuration["features"]),
        locale=given.get("locale"),
        return_url=return_url,
    )
    data["url"] = call.address(reverse("sandbox:portal", args=[data["id"]]))
    store.add(data)
    events.emit("billing_portal.session.created", data, call)
    return data


def expired(session: StripeObject) -> bool:
    return bool(session.data["created"] + LIFE <= store.now())


def awaiting_authentication(session: StripeObject) -> bool:
    """Whether a bank wants to see its customer before the card is saved."""
    intent = store.find(setup_intents.KIND, session.private.get("setup_intent", ""))
    return intent is not None and saving.awaiting_authentication(intent)


def intent_of(session: StripeObject) -> StripeObject:
    """The setup intent of this visit, begun at the first try to save something."""
    if intent_id := session.private.get("setup_intent"):
        intent = store.fetch(setup_intents.KIND, intent_id)
        if intent.data["status"] != "succeeded":
            return intent
    intent = saving.start(session.data["customer"], TYPES, {})
    session.private["setup_intent"] = intent.object_id
    store.save(session)
    return intent


def save_card(session: StripeObject, card: cards.Card, name: str, authentication: str) -> bool:
    """Whether the card is the customer's new one; if not, the intent says why."""
    intent = intent_of(session)
    return _used(intent, saving.by_card(intent, card, _details(session, name), authentication))


def authenticate(session: StripeObject, *, passed: bool) -> bool:
    intent = intent_of(session)
    return _used(intent, saving.authenticate(intent, passed=passed))


def save_account(session: StripeObject, iban: ibans.Iban, payer: saving.Payer) -> None:
    intent = intent_of(session)
    saving.by_debit(intent, iban, _details(session, payer.name), payer)
    _used(intent, True)


def end_plan(session: StripeObject) -> None:
    """The customer cancels the plan the session is about: now, or at the end of what is paid."""
    about = (session.data["flow"] or {}).get("subscription_cancel")
    plan = store.find(subscriptions.KIND, about["subscription"]) if about else None
    if plan is None or plan.data["status"] in ending.ENDED:
        return
    rules = store.fetch(portal_configurations.KIND, session.data["configuration"]).data["features"]
    with clocks.at(plan.data["test_clock"]):
        if rules["subscription_cancel"]["mode"] == "immediately":
            ending.end(plan, "cancellation_requested")
            return
        before = copy.deepcopy(plan.data)
        plan.data |= {
            "cancel_at": cycles.period_end(plan.data),
            "cancel_at_period_end": True,
            "canceled_at": store.now(),
        }
        plan.data["cancellation_details"]["reason"] = "cancellation_requested"
        cycles.schedule(plan)
        changes.save(plan, before, "customer.subscription.updated")


def _used(intent: StripeObject, saved: bool) -> bool:
    """What was saved becomes the customer's own choice. A plan that has made its own keeps that one:

    docs.stripe.com/customer-management/portal-deep-links says so, and so does `default_payment_method`.
    """
    if saved:
        customer = store.fetch(customers.KIND, intent.data["customer"])
        before = copy.deepcopy(customer.data)
        customer.data["invoice_settings"]["default_payment_method"] = intent.data["payment_method"]
        changes.save(customer, before, "customer.updated")
    return saved


def _details(session: StripeObject, name: str) -> dict[str, Any]:
    customer = store.fetch(customers.KIND, session.data["customer"]).data
    return payments.billing(customer["email"], name or customer["name"])


def _configuration(wanted: str | None) -> dict[str, Any]:
    if wanted is None:
        row = portal_configurations.default()
    else:
        row = store.named(portal_configurations.KIND, wanted, "configuration")
    data: dict[str, Any] = row.data
    return data


def _flow(given: dict[str, Any] | None, customer_id: str, features: dict[str, Any]) -> dict[str, Any] | None:
    if given is None:
        return None
    if given["type"] not in _FLOWS:
        raise errors.NotSimulated(f"the portal's flow {given['type']}", param="flow_data[type]")
    if not features[given["type"]]["enabled"]:
        raise errors.InvalidRequest(
            f"The portal's configuration does not have `features[{given['type']}]` enabled.",
            param="flow_data[type]",
        )
    cancel = given.get("subscription_cancel")
    if given["type"] == "subscription_cancel":
        if cancel is None:
            raise errors.missing("flow_data[subscription_cancel]")
        _own_plan(cancel["subscription"], customer_id)
    after = given.get("after_completion", {"type": "portal_homepage"})
    return {
        "after_completion": {
            "hosted_confirmation": after.get("hosted_confirmation"),
            "redirect": after.get("redirect"),
            "type": after["type"],
        },
        "subscription_cancel": cancel and {"retention": None, "subscription": cancel["subscription"]},
        "subscription_update": None,
        "subscription_update_confirm": None,
        "type": given["type"],
    }


def _own_plan(plan_id: str, customer_id: str) -> None:
    plan = store.find(subscriptions.KIND, plan_id)
    param = "flow_data[subscription_cancel][subscription]"
    if plan is None or plan.data["customer"] != customer_id:
        raise errors.no_such("subscription", plan_id, param)
    if plan.data["status"] in ending.ENDED or plan.data["cancel_at_period_end"]:
        raise errors.InvalidRequest("This subscription is canceled or will be.", param=param)
