from donations.admin import documents, gifts, inbox, pledges, staff

__all__ = ["documents", "gifts", "inbox", "pledges", "staff"]
