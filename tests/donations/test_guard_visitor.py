"""Who sends a form: by the address that can be believed, and by none where none can."""

import logging
from typing import Any

import pytest

from donations import guard
from donations.guard import visitor
from donations.guard.visitor import client_address


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "found"),
    [
        (0, "203.0.113.5", "", "203.0.113.5"),
        (0, "203.0.113.5", "198.51.100.1", "203.0.113.5"),  # the header is not configured
        (0, "10.0.0.2", "198.51.100.1", None),
        (0, "127.0.0.1", "", None),
        (0, "", "", None),  # a socket
        (0, "nonsense", "", None),
        (1, "10.0.0.2", "198.51.100.1", "198.51.100.1"),
        (1, "10.0.0.2", "192.0.2.66, 198.51.100.1", "198.51.100.1"),  # what a visitor wrote comes first
        (2, "10.0.0.2", "192.0.2.66, 198.51.100.1, 10.0.0.9", "198.51.100.1"),
        (2, "203.0.113.5", "198.51.100.1", "203.0.113.5"),  # came past the outer proxy
        (1, "10.0.0.2", "nonsense", None),
        (1, "10.0.0.2", "", None),
        (0, "2001:db8::1", "", "2001:db8::1"),
        (0, "::1", "", None),
        (0, "::ffff:203.0.113.5", "", "203.0.113.5"),
        (0, "::ffff:10.0.0.1", "", None),
    ],
)
def test_the_address_is_the_one_that_a_proxy_of_ours_vouches_for(
    settings: Any, proxies: int, remote: str, forwarded: str, found: str | None
) -> None:
    settings.TRUSTED_PROXIES = proxies

    address = client_address({"REMOTE_ADDR": remote, "HTTP_X_FORWARDED_FOR": forwarded})

    assert (str(address) if address else None) == found


def test_networks_are_24_bits_of_ipv4_and_48_of_ipv6() -> None:
    def network(address: str) -> str:
        return guard.of({"REMOTE_ADDR": address}, email="camille@example.org").network

    assert network("203.0.113.5") == network("203.0.113.250") != network("203.0.114.5")
    assert network("2001:db8::1") == network("2001:db8:0:ffff::1") != network("2001:db8:1::1")


def test_an_address_of_ipv6_is_the_64_bits_that_one_machine_has_to_itself() -> None:
    def address(written: str) -> str:
        return guard.of({"REMOTE_ADDR": written}, email="camille@example.org").address

    assert address("203.0.113.5") != address("203.0.113.6")
    assert address("2001:db8::1") == address("2001:db8::ffff:1") != address("2001:db8:0:1::1")


def test_hashes_are_worth_nothing_without_the_key(settings: Any) -> None:
    before = guard.of({"REMOTE_ADDR": "203.0.113.5"}, email="camille@example.org")
    settings.SECRET_KEY = "another"
    after = guard.of({"REMOTE_ADDR": "203.0.113.5"}, email="camille@example.org")

    assert not {before.address, before.network, before.email} & {after.address, after.network, after.email}
    assert len({before.address, before.network, before.email}) == 3


def test_the_log_says_once_that_addresses_are_not_known(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    visitor._say_once_that_addresses_are_missing.cache_clear()
    settings.DEBUG = False
    with caplog.at_level(logging.WARNING):
        for _time in range(3):
            guard.of({"REMOTE_ADDR": "10.0.0.2"}, email="camille@example.org")

    assert caplog.text.count("TRUSTED_PROXIES") == 1
    visitor._say_once_that_addresses_are_missing.cache_clear()
