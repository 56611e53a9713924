"""Who sends a form, as far as the guard must know: never an address itself, only keyed hashes of it."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.utils.crypto import salted_hmac

logger = logging.getLogger(__name__)

# Where no visitor is: a proxy that does not say whom it speaks for, or a developer's own machine.
_INSIDE = tuple(
    map(
        ip_network,
        ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "0.0.0.0/8"),
    )
) + tuple(map(ip_network, ("::1/128", "::/128", "fc00::/7", "fe80::/10")))


@dataclass(frozen=True)
class Visitor:
    """Keyed hashes, worth nothing without the SECRET_KEY. Empty where the address is not known."""

    address: str
    network: str
    email: str


def of(meta: Mapping[str, object], *, email: str) -> Visitor:
    """The visitor who sends a request, by its WSGI environment."""
    found = client_address(meta)
    if found is None:
        _say_once_that_addresses_are_missing()
        return Visitor("", "", keyed("email", email.lower()))
    # Of IPv6 one machine has 64 bits to itself, and gives itself a new address as often as it likes; 48 bits
    # are to its households what 24 bits are in IPv4.
    address = found if found.version == 4 else ip_network((found, 64), strict=False)
    network = ip_network((found, 24 if found.version == 4 else 48), strict=False)
    return Visitor(
        keyed("address", str(address)), keyed("network", str(network)), keyed("email", email.lower())
    )


def client_address(meta: Mapping[str, object]) -> IPv4Address | IPv6Address | None:
    """The address at the other end. None where it cannot be a visitor's: then nobody is counted by it.

    `X-Forwarded-For` is read only as far as TRUSTED_PROXIES says that proxies of ours have written it,
    from its end: what stands before that is whatever the visitor sent.
    """
    written = str(meta.get("REMOTE_ADDR", ""))
    if settings.TRUSTED_PROXIES:
        hops = [hop.strip() for hop in str(meta.get("HTTP_X_FORWARDED_FOR", "")).split(",")]
        if len(hops) >= settings.TRUSTED_PROXIES:
            written = hops[-settings.TRUSTED_PROXIES]
    try:
        found = ip_address(written)
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return None if any(found in inside for inside in _INSIDE) else found


def keyed(kind: str, value: str) -> str:
    """A hash that cannot be undone by trying all addresses, as a plain one could."""
    return salted_hmac(f"donations.guard.{kind}", value, algorithm="sha256").hexdigest()[:32]


@cache
def _say_once_that_addresses_are_missing() -> None:
    if not settings.DEBUG:
        logger.warning(
            "The addresses of visitors are not known, so none is counted: set TRUSTED_PROXIES"
            " to the number of proxies that add to X-Forwarded-For."
        )
