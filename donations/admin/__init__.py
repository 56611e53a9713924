from donations.admin import (
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
