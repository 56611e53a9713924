"""The foundation as its documents name it."""

from django.db import connection

from donations.models import Issuer
from programs import rows

# As the institute publishes them. What only the foundation can say (SIREN, contact) starts empty.
PUBLISHED = {
    "name": "Institut Imagine",
    "legal_form": "Fondation Imagine, fondation de coopération scientifique",
    "address": "24 boulevard du Montparnasse",
    "postal_code": "75015",
    "city": "Paris",
}
# Written out: every gift comes by here. All of it is text, which needs no field to read it.
_COLUMNS = [field.attname for field in Issuer._meta.concrete_fields]
_OLDEST = f"SELECT {', '.join(_COLUMNS)} FROM donations_issuer ORDER BY id LIMIT 1"  # noqa: S608  # our own names


def current() -> Issuer:
    """The one issuer, as staff edited it; made from what is published when there is none yet."""
    with rows.cursor() as cursor:
        cursor.execute(_OLDEST)
        found = cursor.fetchone()
    return Issuer.from_db(connection.alias, _COLUMNS, found) if found else Issuer.objects.create(**PUBLISHED)
