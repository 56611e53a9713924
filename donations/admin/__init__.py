from donations.admin import documents, gifts, inbox, staff

__all__ = ["documents", "gifts", "inbox", "staff"]
