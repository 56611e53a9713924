from typing import Any

from django.urls import reverse

from sandbox import checkout, errors, lists, store, values
from sandbox.billing import saving
from sandbox.calls import Call
from sandbox.models import StripeObject
from sandbox.resources import line_items, recurring_sessions, session_rules

KIND = "checkout.session"
_URL = "/v1/checkout/sessions"
_OPTIONS: dict[str, dict[str, Any]] = {"card": {"request_three_d_secure": "automatic"}, "sepa_debit": {}}


def create(call: Call) -> dict[str, Any]:
    given = call.params
    session_rules.check(given)
    if given["mode"] == "setup":
        return _create_setup(call)
    items = line_items.priced(given["line_items"], given["mode"])
    total, currency = sum(item["amount_total"] for item in items), items[0]["currency"]
    values.chargeable(total, currency, "line_items")
    if values.currency(given.get("currency", currency), "currency") != currency:
        raise errors.InvalidRequest("The currency of the line items must match `currency`.", param="currency")
    methods = session_rules.methods(given, currency)
    data = _blank(call, total, currency, methods) | recurring_sessions.differences(given)
    private = {
        "line_items": items,
        "payment_intent_data": _intent_data(given),
        "site": call.address("/").rstrip("/"),
        "subscription_data": given.get("subscription_data", {}),
    }
    store.add(data, private=private)
    return data


def _intent_data(given: Any) -> dict[str, Any]:
    """What the intent is made from. An invoice's, in `subscription` mode, is captured at once."""
    asked = given.get("payment_intent_data", {})
    return {"capture_method": "automatic_async", **asked} if given["mode"] == "payment" else {}


def _create_setup(call: Call) -> dict[str, Any]:
    given = call.params
    currency = values.currency(given["currency"], "currency")
    methods = session_rules.methods(given, currency)
    data = _blank(call, None, currency, methods) | recurring_sessions.differences(given)
    intent = saving.start(given.get("customer"), methods, given.get("setup_intent_data", {}))
    data["setup_intent"] = intent.object_id
    store.add(data, private={"line_items": [], "site": call.address("/").rstrip("/")})
    return data


def retrieve(call: Call) -> dict[str, Any]:
    return lists.plain(checkout.current(store.fetch(KIND, call.object_id)))


def list_all(call: Call) -> dict[str, Any]:
    checkout.expire_due()
    rows = lists.matching(
        StripeObject.objects.of_kind(KIND),
        call.params,
        *("customer", "customer_account", "payment_intent", "payment_link", "status", "subscription"),
    )
    if "customer_details" in call.params:
        rows = rows.filter(data__customer_details__email=call.params["customer_details"]["email"])
    return lists.page(rows, KIND, _URL, call.params, lists.plain)


def expire(call: Call) -> dict[str, Any]:
    row = checkout.current(store.fetch(KIND, call.object_id))
    if row.data["status"] != "open":
        raise errors.InvalidRequest(
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            f"This Checkout Session has a status of {row.data['status']}."
        )
    checkout.expire(row, call)
    return lists.plain(row)


def list_line_items(call: Call) -> dict[str, Any]:
    return _page_of_lines(store.fetch(KIND, call.object_id), call.params)


def first_line_items(session: dict[str, Any]) -> dict[str, Any]:
    return _page_of_lines(store.fetch(KIND, session["id"]), {})


def _page_of_lines(row: StripeObject, given: Any) -> dict[str, Any]:
    return lists.cut(row.private["line_items"], f"{_URL}/{row.object_id}/line_items", given)


def _details(given: Any) -> dict[str, Any] | None:
    email, name = given.get("customer_email"), None
    if "customer" in given:
        customer = store.fetch("customer", given["customer"]).data
        email, name = customer["email"], customer["name"]
    return checkout.customer_details(email, name) if email else None


def _blank(call: Call, total: int | None, currency: str, methods: list[str]) -> dict[str, Any]:
    given = call.params
    session_id, created = store.new_id(KIND), store.now()
    text = dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance"))
    return {
        "id": session_id,
        "object": KIND,
        "adaptive_pricing": {"enabled": False},
        "after_expiration": None,
        "allow_promotion_codes": None,
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": given.get("billing_address_collection"),
        "cancel_url": given.get("cancel_url"),
        "client_reference_id": given.get("client_reference_id"),
        "client_secret": None,
        "collected_information": {
            "business_name": None,
            "individual_name": None,
            "shipping_details": None,
        },
        "consent": None,
        "consent_collection": None,
        "created": created,
        "currency": currency,
        "currency_conversion": None,
        "custom_fields": [],
        "custom_text": {**text, **given.get("custom_text", {})},
        "customer": given.get("customer"),
        "customer_account": None,
        "customer_creation": None if "customer" in given else given.get("customer_creation", "if_required"),
        "customer_details": _details(given),
        "customer_email": given.get("customer_email"),
        "discounts": [],
        "expires_at": given.get("expires_at", created + session_rules.LONGEST_LIFE),
        "integration_identifier": None,
        "invoice": None,
        "invoice_creation": {
            "enabled": False,
            "invoice_data": {
                "account_tax_ids": None,
                "custom_fields": None,
                "description": None,
                "footer": None,
                "issuer": None,
                "metadata": {},
                "rendering_options": None,
            },
        },
        "livemode": False,
        "locale": given.get("locale"),
        "managed_payments": {"enabled": False},
        "metadata": {key: text for key, text in (given.get("metadata") or {}).items() if text},
        "mode": "payment",
        "origin_context": None,
        "payment_intent": None,  # Stripe makes it when the payer first tries to pay
        "payment_link": None,
        "payment_method_collection": "if_required",
        "payment_method_configuration_details": None,
        "payment_method_options": {method: _OPTIONS[method] for method in methods},
        "payment_method_types": methods,
        "payment_status": "unpaid",
        "permissions": None,
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": given.get("submit_type"),
        "subscription": None,
        "success_url": given["success_url"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": call.address(reverse("sandbox:checkout", args=[session_id])),
        "wallet_options": None,
    }
