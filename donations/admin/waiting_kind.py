"""What may wait for a person: rows that want something done, and where they are listed."""

from dataclasses import dataclass, field

from django.db.models import Model, Q
from django.utils.functional import Promise


@dataclass(frozen=True)
class Kind:
    """Rows that wait for whoever has the permission, and the filters under which their list shows them."""

    model: type[Model]
    permission: str
    rows: Q
    text: Promise  # counts
    filters: dict[str, str] = field(default_factory=dict)
    urgent: bool = False
