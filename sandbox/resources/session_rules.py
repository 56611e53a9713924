"""What a Checkout Session may be asked: the rules that the typed parameters cannot say."""

from typing import Any

from sandbox import errors, store, values
from sandbox.resources import recurring_sessions

_METHODS = ("card", "sepa_debit")
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
_SHORTEST_LIFE, LONGEST_LIFE = 30 * 60, 24 * 60 * 60
# A few seconds pass between a caller's clock and ours.
_LEEWAY = 60
_LONGEST_REFERENCE = 200
_LONGEST_DESCRIPTOR = 22


def check(given: Any) -> None:
    _check_mode(given)
    for name in given.keys() - _SIMULATED:
        raise errors.NotSimulated(f"Checkout Sessions with {name}", param=name)
    if given.get("adaptive_pricing", {}).get("enabled"):
        raise errors.NotSimulated("prices in the payer's own currency", param="adaptive_pricing[enabled]")
    if given["mode"] != "setup" and not given.get("line_items"):
        raise errors.missing("line_items")
    if "success_url" not in given:
        raise errors.missing("success_url")
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
        _SHORTEST_LIFE - _LEEWAY <= given["expires_at"] - store.now() <= LONGEST_LIFE + _LEEWAY
    ):
        raise errors.InvalidRequest(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session "
            "creation.",
            param="expires_at",
        )


def _check_mode(given: Any) -> None:
    if "mode" not in given:
        raise errors.missing("mode")
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
        raise errors.exclusive("customer", "customer_email", param="customer")
    if "customer" in given and "customer_creation" in given:
        raise errors.exclusive("customer", "customer_creation", param="customer_creation")
    if "customer" in given:
        store.named("customer", given["customer"], "customer")
    if "customer_email" in given:
        values.email(given["customer_email"], "customer_email")


def methods(given: Any, currency: str) -> list[str]:
    """The means of payment the page offers, of those the sandbox has, in its own order."""
    allowed = given.get("allowed_payment_method_types", _METHODS)
    excluded = given.get("excluded_payment_method_types", [])
    chosen = [method for method in _METHODS if method in allowed and method not in excluded]
    if currency != "eur" or given.get("payment_intent_data", {}).get("capture_method") == "manual":
        chosen = [method for method in chosen if method != "sepa_debit"]
    if not chosen:
        raise errors.InvalidRequest(
            "No valid payment method types for this Checkout Session. The sandbox takes cards and, in euros, "
            "SEPA direct debits.",
            param="excluded_payment_method_types" if excluded else "allowed_payment_method_types",
        )
    return chosen


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
