from donations.admin import comparison, documents, gifts, inbox, staff

__all__ = ["comparison", "documents", "gifts", "inbox", "staff"]
