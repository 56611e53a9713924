"""Reports of errors to a Sentry server, without anything that says who was at the other end."""

from urllib.parse import urlsplit

import sentry_sdk
from sentry_sdk.types import Event, Hint
from sentry_sdk.utils import BadDsn

# Words in addresses are shorter, keys longer.
_KEY_LENGTH = 32


def send_to(dsn: str) -> None:
    """Begin to report. What donors typed is never part of a report: no form, no variable, no cookie."""
    try:
        sentry_sdk.init(
            dsn=dsn,
            data_collection={
                "user_info": False,
                "cookies": {"mode": "off"},
                "http_headers": {"request": {"mode": "off"}},
                "http_bodies": [],
                "url_query_params": {"mode": "off"},
                "database_query_data": False,
                "queues": False,
                "stack_frame_variables": False,
            },
            before_send=_before_sending,
        )
    except BadDsn:
        raise SystemExit("SENTRY_DSN must be such as https://key@sentry.example.org/1.") from None


def _before_sending(event: Event, _hint: Hint) -> Event:
    _without_keys(event)
    _first_lines(event)
    return event


def _without_keys(event: Event) -> None:
    """Some addresses open something for whoever has them: a donor's space, a subscription, a draft.

    Which view it was, the report says besides.
    """
    request = event.get("request") or {}
    if address := str(request.get("url") or ""):
        parts = urlsplit(address)
        path = "/".join("…" if len(part) >= _KEY_LENGTH else part for part in parts.path.split("/"))
        request["url"] = f"{parts.scheme}://{parts.netloc}{path}"


def _first_lines(event: Event) -> None:
    """PostgreSQL writes the refused row, names and all, under the first line of its message."""
    for error in (event.get("exception") or {}).get("values") or []:
        error["value"] = str(error.get("value") or "").partition("\n")[0]
