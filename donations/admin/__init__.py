from donations.admin import documents, erasure, gifts, inbox, staff

__all__ = ["documents", "erasure", "gifts", "inbox", "staff"]
