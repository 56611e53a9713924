from donations.admin import (
    comparison,
    documents,
    gifts,
    inbox,
    pledges,
    staff,
)

__all__ = [
    "comparison",
    "documents",
    "gifts",
    "inbox",
    "pledges",
    "staff",
]
