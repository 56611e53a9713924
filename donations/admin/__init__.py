from donations.admin import documents, gifts, inbox

__all__ = ["documents", "gifts", "inbox"]
