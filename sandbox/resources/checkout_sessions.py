from typing import Any

from django.urls import reverse

from sandbox import checkout, errors, lists, store, values
from sandbox.billing import saving
from sandbox.calls import Call
from sandbox.models import StripeObject
from sandbox.resources import line_items, recurring_sessions

KIND = "checkout.session"
_URL = "/v1/checkout/sessions"
_METHODS = ("card", "sepa_debit")
_OPTIONS: dict[str, dict[str, Any]] = {"card": {"request_three_d_secure": "automatic"}, "sepa_debit": {}}
# Stripe knows more; what is not here would be ignored, so it is refused.
_SIMULATED = {
    "adaptive_pricing", "allowed_payment_method_types", "billing_address_collection", "cancel_url",
    "client_reference_id", "currency", "custom_text", "customer", "customer_creation", "customer_email",
    "excluded_payment_method_types", "expand", "expires_at", "line_items", "locale", "metadata", "mode",
    "payment_intent_data", "setup_intent_data", "submit_type", "subscription_data", "success_url",
    "ui_mode",
}  # fmt: skip
_SIMULATED_INTENT = {
    "capture_method", "description", "metadata", "receipt_email", "statement_descriptor",
    "statement_descriptor_suffix",
}  # fmt: skip
_SHORTEST_LIFE, _LONGEST_LIFE = 30 * 60, 24 * 60 * 60
# A few seconds pass between a caller's clock and ours.
_LEEWAY = 60
_LONGEST_REFERENCE = 200
_LONGEST_DESCRIPTOR = 22


def create(call: Call) -> dict[str, Any]:
    given = call.params
    _check(given)
    if given["mode"] == "setup":
        return _create_setup(call)
    items = line_items.priced(given["line_items"], given["mode"])
    total, currency = sum(item["amount_total"] for item in items), items[0]["currency"]
    values.chargeable(total, currency, "line_items")
    if values.currency(given.get("currency", currency), "currency") != currency:
        raise errors.InvalidRequest("The currency of the line items must match `currency`.", param="currency")
    methods = _methods(given, currency)
    data = _blank(call, total, currency, methods) | recurring_sessions.differences(given)
    private = {
        "line_items": items,
        "payment_intent_data": given.get("payment_intent_data", {}),
        "site": call.address("/").rstrip("/"),
        "subscription_data": given.get("subscription_data", {}),
    }
    store.add(data, private=private)
    return data


def _create_setup(call: Call) -> dict[str, Any]:
    given = call.params
    currency = values.currency(given["currency"], "currency")
    methods = _methods(given, currency)
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
    items = row.private["line_items"]
    ids = [item["id"] for item in items]
    start = ids.index(given["starting_after"]) + 1 if given.get("starting_after") in ids else 0
    limit = min(max(given.get("limit", 10), 1), 100)
    shown = items[start : start + limit]
    more = start + limit < len(items)
    return lists.listed(shown, f"{_URL}/{row.object_id}/line_items", has_more=more)


def _check(given: Any) -> None:
    _check_mode(given)
    for name in given.keys() - _SIMULATED:
        raise errors.NotSimulated(f"Checkout Sessions with {name}", param=name)
    if given.get("adaptive_pricing", {}).get("enabled"):
        raise errors.NotSimulated("prices in the payer's own currency", param="adaptive_pricing[enabled]")
    if given["mode"] != "setup" and not given.get("line_items"):
        raise _missing("line_items")
    if "success_url" not in given:
        raise _missing("success_url")
    values.url(given["success_url"], "success_url")
    if "cancel_url" in given:
        values.url(given["cancel_url"], "cancel_url")
    _check_customer(given)
    _check_intent(given.get("payment_intent_data", {}))
    if len(given.get("client_reference_id", "")) > _LONGEST_REFERENCE:
        raise errors.InvalidRequest(
            f"Invalid string: client_reference_id must be at most {_LONGEST_REFERENCE} characters",
            param="client_reference_id",
        )
    if "expires_at" in given and not (
        _SHORTEST_LIFE - _LEEWAY <= given["expires_at"] - store.now() <= _LONGEST_LIFE + _LEEWAY
    ):
        raise errors.InvalidRequest(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session "
            "creation.",
            param="expires_at",
        )


def _check_mode(given: Any) -> None:
    if "mode" not in given:
        raise _missing("mode")
    recurring_sessions.check(given)
    if given.get("ui_mode", "hosted_page") != "hosted_page":
        raise errors.NotSimulated(f"Checkout Sessions with the ui_mode {given['ui_mode']}", param="ui_mode")
    if "return_url" in given:
        raise errors.InvalidRequest(
            "You can not pass `return_url` when `ui_mode` is `hosted_page`. Use `success_url`.",
            param="return_url",
        )


def _check_customer(given: Any) -> None:
    if "customer" in given and "customer_email" in given:
        raise errors.InvalidRequest(
            "You may only specify one of these parameters: customer, customer_email.",
            code="parameters_exclusive",
            param="customer",
        )
    if "customer" in given and "customer_creation" in given:
        raise errors.InvalidRequest(
            "You may only specify one of these parameters: customer, customer_creation.",
            code="parameters_exclusive",
            param="customer_creation",
        )
    if "customer" in given:
        store.named("customer", given["customer"], "customer")
    if "customer_email" in given:
        values.email(given["customer_email"], "customer_email")


def _methods(given: Any, currency: str) -> list[str]:
    """The means of payment the page offers, of those the sandbox has, in its own order."""
    allowed = given.get("allowed_payment_method_types", _METHODS)
    excluded = given.get("excluded_payment_method_types", [])
    methods = [method for method in _METHODS if method in allowed and method not in excluded]
    if currency != "eur" or given.get("payment_intent_data", {}).get("capture_method") == "manual":
        methods = [method for method in methods if method != "sepa_debit"]
    if not methods:
        raise errors.InvalidRequest(
            "No valid payment method types for this Checkout Session. The sandbox takes cards and, in euros, "
            "SEPA direct debits.",
            param="excluded_payment_method_types" if excluded else "allowed_payment_method_types",
        )
    return methods


def _check_intent(asked: dict[str, Any]) -> None:
    for name in asked.keys() - _SIMULATED_INTENT:
        raise errors.NotSimulated(f"payment intents with {name}", param=f"payment_intent_data[{name}]")
    if "receipt_email" in asked:
        values.email(asked["receipt_email"], "payment_intent_data[receipt_email]")
    if "statement_descriptor" in asked:
        raise errors.InvalidRequest(
            "For card charges, you can only use `statement_descriptor_suffix`.",
            param="payment_intent_data[statement_descriptor]",
        )
    if len(asked.get("statement_descriptor_suffix", "")) > _LONGEST_DESCRIPTOR:
        raise errors.InvalidRequest(
            f"The statement descriptor suffix must be at most {_LONGEST_DESCRIPTOR} characters.",
            param="payment_intent_data[statement_descriptor_suffix]",
        )


def _missing(name: str) -> errors.InvalidRequest:
    return errors.InvalidRequest(f"Missing required param: {name}.", code="parameter_missing", param=name)


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
        "expires_at": given.get("expires_at", created + _LONGEST_LIFE),
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
