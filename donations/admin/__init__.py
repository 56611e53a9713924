from donations.admin import documents, gifts, inbox, offline, pledges, staff

__all__ = ["documents", "gifts", "inbox", "offline", "pledges", "staff"]
