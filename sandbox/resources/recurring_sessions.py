"""What is different about a Checkout Session that begins a subscription, or only saves a way to pay."""

from typing import Any

from sandbox import errors

# By mode, what belongs to another mode.
_FOREIGN = {
    "payment": {"setup_intent_data", "subscription_data"},
    "setup": {"customer_creation", "line_items", "payment_intent_data", "submit_type", "subscription_data"},
    "subscription": {"customer_creation", "payment_intent_data", "setup_intent_data", "submit_type"},
}
_SIMULATED = {"description", "metadata"}


def check(given: Any) -> None:
    mode = given["mode"]
    for name in sorted(_FOREIGN[mode] & given.keys()):
        raise errors.InvalidRequest(f"You can not pass `{name}` in `{mode}` mode.", param=name)
    for data, what in (("subscription_data", "subscriptions"), ("setup_intent_data", "setup intents")):
        for name in given.get(data, {}).keys() - _SIMULATED:
            raise errors.NotSimulated(f"{what} with {name}", param=f"{data}[{name}]")
    if mode == "setup" and "currency" not in given:
        raise errors.missing("currency")


def differences(given: Any) -> dict[str, Any]:
    """What such a session shows otherwise than one for a single payment."""
    match given["mode"]:
        case "subscription":
            return {
                "customer_creation": None if "customer" in given else "always",
                "invoice_creation": None,
                "mode": "subscription",
                "payment_method_collection": "always",
            }
        case "setup":
            return {
                "customer_creation": None,
                "invoice_creation": None,
                "mode": "setup",
                "payment_method_collection": "always",
                "payment_status": "no_payment_required",
                "total_details": None,
            }
    return {}
