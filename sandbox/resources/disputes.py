from typing import Any

from sandbox import lists, store
from sandbox.calls import Call
from sandbox.models import StripeObject

KIND = "dispute"
# What evidence may hold; all of it text here, for no file can be uploaded.
EVIDENCE = (
    "access_activity_log", "billing_address", "cancellation_policy", "cancellation_policy_disclosure",
    "cancellation_rebuttal", "customer_communication", "customer_email_address", "customer_name",
    "customer_purchase_ip", "customer_signature", "duplicate_charge_documentation",
    "duplicate_charge_explanation", "duplicate_charge_id", "product_description", "receipt", "refund_policy",
    "refund_policy_disclosure", "refund_refusal_explanation", "service_date", "service_documentation",
    "shipping_address", "shipping_carrier", "shipping_date", "shipping_documentation",
    "shipping_tracking_number", "uncategorized_file", "uncategorized_text",
)  # fmt: skip
# Visa's own codes for the reasons the test cards give.
_NETWORK_CODES = {"fraudulent": "10.4", "product_not_received": "13.1"}
_OVER_FOR_US = {"won", "warning_closed"}
_INQUIRIES = {"warning_needs_response", "warning_under_review"}


def blank(charge: dict[str, Any], reason: str, status: str, due_by: int | None) -> dict[str, Any]:
    inquiry = status in _INQUIRIES
    details = charge["payment_method_details"]
    return {
        "id": store.new_id(KIND),
        "object": KIND,
        "amount": charge["amount"] - (charge["amount_refunded"] if "card" in details else 0),
        "balance_transactions": [],
        "charge": charge["id"],
        "created": store.now(),
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(EVIDENCE), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": due_by,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": _card(details["card"], reason, inquiry) if "card" in details else None,
        "reason": reason,
        "status": status,
    }


def _card(card: dict[str, Any], reason: str, inquiry: bool) -> dict[str, Any]:
    return {
        "card": {
            "brand": card["brand"],
            "case_type": "inquiry" if inquiry else "chargeback",
            "network": card["network"],
            "network_reason_code": _NETWORK_CODES.get(reason),
        },
        "type": "card",
    }


def allows_refund(charge_id: str) -> bool:
    """Whether no dispute of the charge holds its money, or has taken it."""
    rows = StripeObject.objects.of_kind(KIND).filter(data__charge=charge_id)
    return all(row.data["status"] in _OVER_FOR_US | _INQUIRIES for row in rows)


def retrieve(call: Call) -> dict[str, Any]:
    return present(store.fetch(KIND, call.object_id))


def list_all(call: Call) -> dict[str, Any]:
    rows = lists.matching(StripeObject.objects.of_kind(KIND), call.params, "charge", "payment_intent")
    return lists.page(rows, KIND, "/v1/disputes", call.params, present)


def present(row: StripeObject) -> dict[str, Any]:
    """As it stands now: a deadline passes, and no event says so."""
    details = row.data["evidence_details"]
    late = bool(details["due_by"]) and details["due_by"] <= store.now() and not details["has_evidence"]
    return {**row.data, "evidence_details": {**details, "past_due": late}}
