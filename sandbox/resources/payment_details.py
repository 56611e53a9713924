"""`payment_method_details`: what a charge says of the means it was paid by."""

from typing import Any

from sandbox.cards import Card
from sandbox.ibans import Iban


def card(card: Card, amount: int) -> dict[str, Any]:
    details = {
        "amount_authorized": amount if card.decline is None else None,
        "authorization_code": None,
        "brand": card.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": card.country,
        "exp_month": card.exp_month,
        "exp_year": card.exp_year,
        "extended_authorization": {"status": "disabled"},
        "fingerprint": card.fingerprint,
        "funding": card.funding,
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "last4": card.number[-4:],
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": card.brand,
        "network_token": {"used": False},
        "network_transaction_id": None,
        "overcapture": {"maximum_amount_capturable": amount, "status": "unavailable"},
        "regulated_status": "unregulated",
        "three_d_secure": _three_d_secure() if card.authentication else None,
        "transaction_link_id": None,
        "wallet": None,
    }
    return {"card": details, "type": "card"}


def sepa_debit(iban: Iban, mandate_id: str) -> dict[str, Any]:
    details = {
        "bank_code": iban.bank_code,
        "branch_code": iban.branch_code,
        "country": iban.country,
        "expected_debit_date": None,
        "fingerprint": iban.fingerprint,
        "last4": iban.last4,
        "mandate": mandate_id,
    }
    return {"sepa_debit": details, "type": "sepa_debit"}


def _three_d_secure() -> dict[str, Any]:
    return {
        "authentication_flow": "challenge",
        "electronic_commerce_indicator": "05",
        "exemption_indicator": None,
        "result": "authenticated",
        "result_reason": None,
        "transaction_id": None,
        "version": "2.2.0",
    }
