"""What is different about a Checkout Session that begins a subscription."""

from typing import Any

from sandbox import errors

# By mode, what belongs to another mode.
_FOREIGN = {
    "payment": {"setup_intent_data", "subscription_data"},
    "subscription": {"customer_creation", "payment_intent_data", "setup_intent_data", "submit_type"},
}
_SIMULATED = {"description", "metadata"}


def check(given: Any) -> None:
    mode = given["mode"]
    if mode not in _FOREIGN:
        raise errors.NotSimulated(f"Checkout Sessions in {mode} mode", param="mode")
    for name in sorted(_FOREIGN[mode] & given.keys()):
        raise errors.InvalidRequest(f"You can not pass `{name}` in `{mode}` mode.", param=name)
    for name in given.get("subscription_data", {}).keys() - _SIMULATED:
        raise errors.NotSimulated(f"subscriptions with {name}", param=f"subscription_data[{name}]")


def differences(given: Any) -> dict[str, Any]:
    """What such a session shows otherwise than one for a single payment."""
    if given["mode"] != "subscription":
        return {}
    return {
        "customer_creation": None if "customer" in given else "always",
        "invoice_creation": None,
        "mode": "subscription",
        "payment_method_collection": "always",
    }
