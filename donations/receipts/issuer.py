"""The foundation as its documents name it."""

from donations.models import Issuer

# As the institute publishes them. What only the foundation can say (SIREN, contact) starts empty.
PUBLISHED = {
    "name": "Institut Imagine",
    "legal_form": "Fondation Imagine, fondation de coopération scientifique",
    "address": "24 boulevard du Montparnasse",
    "postal_code": "75015",
    "city": "Paris",
}


def current() -> Issuer:
    """The one issuer, as staff edited it; made from what is published when there is none yet."""
    oldest = Issuer.objects.raw("SELECT * FROM donations_issuer ORDER BY id LIMIT 1")
    return next(iter(oldest), None) or Issuer.objects.create(**PUBLISHED)
