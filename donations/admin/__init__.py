from donations.admin import (
    bank,
    bank_lines,
    comparison,
    documents,
    erasure,
    gifts,
    inbox,
    offline,
    plans,
    pledges,
    reversals,
    staff,
)

__all__ = [
    "bank",
    "bank_lines",
    "comparison",
    "documents",
    "erasure",
    "gifts",
    "inbox",
    "offline",
    "plans",
    "pledges",
    "reversals",
    "staff",
]
