from donations.admin import (
    comparison,
    documents,
    gifts,
    inbox,
    pledges,
    reversals,
    staff,
)

__all__ = [
    "comparison",
    "documents",
    "gifts",
    "inbox",
    "pledges",
    "reversals",
    "staff",
]
