"""How long ago a form was shown, by what it carries itself: signed, so that nobody can make it older."""

import datetime as dt

from django.core import signing

_signer = signing.TimestampSigner(salt="donations.guard.form")


def stamp(token: str) -> str:
    """The time, signed for the form that has this token."""
    return _signer.sign(token).removeprefix(token)


def age(stamped: str, *, token: str) -> dt.timedelta | None:
    """How long ago `stamp` was called for this token. None where nobody can tell."""
    try:
        # Token and time are signed in a row: cut anywhere else, they are another token's stamp.
        if _signer.unsign(token + stamped) != token:
            return None
        _value, moment, _signature = (token + stamped).rsplit(":", 2)
        shown = dt.datetime.fromtimestamp(signing.b62_decode(moment), tz=dt.UTC)
    except (signing.BadSignature, ValueError, OverflowError):
        return None
    return dt.datetime.now(tz=dt.UTC) - shown
