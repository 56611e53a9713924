"""Where Stripe sends its events, for checking that we are told what we need to know."""

from dataclasses import dataclass

import stripe

from donations.gateway.asking import asking, client

EVERY_EVENT = "*"


@dataclass(frozen=True)
class Endpoint:
    """A webhook endpoint as Stripe's dashboard has it."""

    endpoint_id: str
    url: str
    enabled: bool
    livemode: bool
    events: frozenset[str]
    api_version: str

    def lacks(self, types: frozenset[str]) -> list[str]:
        """Those of `types` that are not sent here."""
        return [] if EVERY_EVENT in self.events else sorted(types - self.events)


def api_version() -> str:
    """The version of Stripe's API that the library speaks, and that our code has been written for."""
    return stripe.api_version


def endpoints() -> list[Endpoint]:
    """Every webhook endpoint of the account, in the key's mode. Raises `Unavailable` or `Refused`."""
    with asking():
        pages = client().v1.webhook_endpoints.list({"limit": 100})
        return [
            Endpoint(
                endpoint_id=each.id,
                url=each.url,
                enabled=each.status == "enabled",
                livemode=each.livemode,
                events=frozenset(each.enabled_events),
                api_version=each.api_version or "",
            )
            for each in pages.auto_paging_iter()
        ]
