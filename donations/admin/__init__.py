from donations.admin import (
    bank,
    bank_lines,
    comparison,
    documents,
    erasure,
    gifts,
    inbox,
    offline,
    pledges,
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
    "pledges",
    "staff",
]
