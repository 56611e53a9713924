from donations.admin import (
    bank,
    bank_lines,
    comparison,
    documents,
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
    "gifts",
    "inbox",
    "offline",
    "pledges",
    "staff",
]
