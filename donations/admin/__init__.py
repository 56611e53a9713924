from donations.admin import (
    comparison,
    documents,
    erasure,
    gifts,
    inbox,
    offline,
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
    "pledges",
    "reversals",
    "staff",
]
