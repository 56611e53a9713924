from donations.admin import (
    comparison,
    documents,
    gifts,
    inbox,
    offline,
    pledges,
    staff,
)

__all__ = [
    "comparison",
    "documents",
    "gifts",
    "inbox",
    "offline",
    "pledges",
    "staff",
]
