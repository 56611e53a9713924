from outreach.models.broadcast import Broadcast
from outreach.models.letter import WITHDRAWN, Kind, Letter, Priority, State
from outreach.models.subscription import Reason, Subscription, Suppression

__all__ = [
    "WITHDRAWN",
    "Broadcast",
    "Kind",
    "Letter",
    "Priority",
    "Reason",
    "State",
    "Subscription",
    "Suppression",
]
