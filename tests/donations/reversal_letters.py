"""One of each letter about money that goes back, with everything in it that it can say."""

from outreach import letters

_DONOR = (
    "gift_refunded",
    "refund_returned",
    "gift_disputed",
    "gift_restored",
    "gift_not_taken",
    "gift_undone",
)
# A part, the whole, and what a bank keeps for good.
_CONTESTED: dict[str, dict[str, object]] = {
    "gift_disputed:part": {"disputed_cents": 2000},
    "gift_disputed:whole": {"disputed_cents": 5000, "left_cents": 0},
    "gift_disputed:lost": {"disputed_cents": 2000, "settled": True},
    "gift_restored:part": {"disputed_cents": 2000},
}
STAFF = (
    "dispute_open",
    "dispute_inquiry",
    "dispute_lost",
    "dispute_won",
    "dispute_closed",
    "refund_failed",
    "refund_refused",
    "warning",
    "held",
    "held_expiring",
    "held_ended",
    "after_end",
)


def owe_all(language: str) -> None:
    facts = {
        "donor_name": "Camille Exemple",
        "amount_cents": 5000,
        "refunded_cents": 2000,
        "left_cents": 3000,
        "currency": "EUR",
        "program_title": "Hématologie",
        "voided_reference": "C-2026-000001",
        "issued_reference": "C-2026-000002",
        "not_agreed": True,
        "plan_stopped": True,
        "contact_email": "dons@example.org",
        "reason": "Le paiement a été fait deux fois",
        "due_on": "2026-12-04",
        "admin_url": "http://127.0.0.1:8000/admin/",
    }
    for kind in _DONOR:
        letters.owe(key=kind, kind=kind, to="camille@example.org", language=language, facts=facts)
    for key, more in _CONTESTED.items():
        kind = key.partition(":")[0]
        letters.owe(key=key, kind=kind, to="camille@example.org", language=language, facts=facts | more)
    for what in STAFF:
        letters.owe(
            key=f"staff:{what}",
            kind="staff_notice",
            to="treasurer@example.org",
            language=language,
            facts={**facts, "what": what},
        )
