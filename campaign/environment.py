"""Reads the values that need more than a string, for settings.py.

A value that cannot be used, or must not be used without DEBUG, stops the start with one line that
names it: a traceback helps nobody who has mistyped an address.
"""

from email.utils import parseaddr
from typing import Any
from urllib.parse import SplitResult, urlsplit

import environ

env = environ.Env()
_DATABASES = {"django.db.backends.sqlite3", "django.db.backends.postgresql"}
# A machine that vanishes in the middle of a transaction keeps its locks until PostgreSQL knows that it is
# gone: by default after two hours, for which a programme's gifts would wait. Nothing here is idle in one.
_SESSION = " ".join(
    f"-c {name}={value}"
    for name, value in {
        "tcp_keepalives_idle": "30s",
        "tcp_keepalives_interval": "10s",
        "tcp_keepalives_count": "3",
        "idle_in_transaction_session_timeout": "5min",
    }.items()
)
# What every gift comes by are the same few statements: from the fifth time on, PostgreSQL keeps the plans of
# those that programs.rows sends. Django's own carry their values in their text, and are planned for them.
_POSTGRESQL = {"options": _SESSION, "prepare_threshold": 5}
_CACHES = {"redis", "rediss", "unix"}


def site(address: str, *, debug: bool) -> SplitResult:
    """The site's own address: a scheme and a host, nothing after them."""
    try:
        parts = urlsplit(address)
        usable = bool(parts.hostname) and parts.scheme in {"http", "https"} and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable or address != f"{parts.scheme}://{parts.netloc}":
        raise SystemExit(f"SITE_URL must be an address such as https://give.example.org, not {address!r}.")
    if not debug and parts.scheme != "https":
        raise SystemExit("SITE_URL must begin with https:// when DEBUG is off.")
    return parts


def hosts(*, site: SplitResult, debug: bool) -> list[str]:
    """ALLOWED_HOSTS. Names the hosts one by one, the site's own among them, when DEBUG is off."""
    given = [host for host in env.list("ALLOWED_HOSTS", default=[]) if host]
    if debug:
        return given or ["127.0.0.1", "localhost", "[::1]", str(site.hostname)]
    if not given:
        raise SystemExit("ALLOWED_HOSTS is not set. It is required when DEBUG is off.")
    if "*" in given:
        raise SystemExit("ALLOWED_HOSTS must name the hosts when DEBUG is off: '*' accepts any.")
    if not any(
        site.hostname == host or (host[0] == "." and f".{site.hostname}".endswith(host)) for host in given
    ):
        raise SystemExit(
            f"ALLOWED_HOSTS must name the host of SITE_URL, {site.hostname}; bare names, no https://."
        )
    return given


def database(url: str) -> dict[str, Any]:
    """What DATABASE_URL says, as Django has it; `?options=…` in it stands instead of our own."""
    usable = url.startswith(("sqlite:", "postgres:", "postgresql:"))
    try:
        found: dict[str, Any] = env.db_url_config(url) if usable else {}
    except ValueError:
        found = {}
    if found.get("ENGINE") not in _DATABASES or not found.get("NAME"):
        raise SystemExit(
            "DATABASE_URL must be such as postgres://user:password@host:5432/name or sqlite:////folder/file."
        )
    if found["ENGINE"] == "django.db.backends.postgresql":
        options = found["OPTIONS"] = _POSTGRESQL | found.get("OPTIONS", {})
        if not isinstance(options["prepare_threshold"], int):  # `never`, for a pooler that knows no plans
            options["prepare_threshold"] = None
    return found


def redis() -> str:
    """REDIS_URL, or nothing where it is not set."""
    url: str = env.str("REDIS_URL", default="")
    if url and urlsplit(url).scheme not in _CACHES:
        raise SystemExit("REDIS_URL must be such as redis://host:6379/0.")
    return url


def mail(url: str, *, debug: bool) -> dict[str, Any]:
    """What EMAIL_URL says, as Django's EMAIL_… settings."""
    try:
        found: dict[str, Any] = env.email_url_config(url)
    except (ValueError, environ.ImproperlyConfigured):
        raise SystemExit("EMAIL_URL must be such as smtp+tls://user:password@host:587.") from None
    if not debug and not found["EMAIL_BACKEND"].endswith(".smtp.EmailBackend"):
        raise SystemExit("EMAIL_URL must name a mail server when DEBUG is off: no donor would get a letter.")
    return found


def sender(address: str) -> str:
    """DEFAULT_FROM_EMAIL: an address, with or without a name before it."""
    _name, plain = parseaddr(address)
    if "@" not in plain or set(address) & {"\r", "\n"}:
        raise SystemExit("DEFAULT_FROM_EMAIL must be an address such as Foundation <gifts@example.org>.")
    return address


def addresses(text: str) -> list[str]:
    """STAFF_EMAIL: plain addresses with commas between."""
    found = [each.strip() for each in text.split(",") if each.strip()]
    if not all("@" in each and parseaddr(each)[1] == each for each in found):
        raise SystemExit("STAFF_EMAIL must be addresses with commas between, such as gifts@example.org.")
    return found


def whole_number(name: str, *, default: int, least: int) -> int:
    text: str = env.str(name, default="") or str(default)
    if not (text.isascii() and text.isdigit() and len(text) < 16 and int(text) >= least):
        raise SystemExit(f"{name} must be a whole number from {least} on, not {text!r}.")
    return int(text)
