from donations.admin import (
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
    "comparison",
    "documents",
    "erasure",
    "gifts",
    "inbox",
    "offline",
    "pledges",
    "staff",
]
