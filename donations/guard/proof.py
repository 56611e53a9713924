"""A small piece of work for a browser, which costs a donor nothing and a card tester time (ALTCHA).

The challenge is signed and belongs to one showing of the form; nobody is asked, no third party, no
picture to read. static/js/proof.js does the work while the donor types.
"""

import json
import random
import time

import altcha
from django.conf import settings

_ALGORITHM = "PBKDF2/SHA-256"
_ITERATIONS = 5_000  # of the function, at each step: some milliseconds in a browser
_VALID_SECONDS = 2 * 60 * 60
_HARDER = 4
# A solution with all that belongs to it has a third of this length.
_LONGEST = 4_000


def challenge(*, token: str, hard: bool = False) -> str:
    """A new challenge for the form with this token, as JSON for its browser."""
    steps = settings.GUARD["PROOF_STEPS"] * (_HARDER if hard else 1)
    made = altcha.create_challenge(
        algorithm=_ALGORITHM,
        cost=_ITERATIONS,
        counter=random.randint(max(steps // 2, 1), steps * 3 // 2),  # noqa: S311  # only how long it takes
        expires_at=int(time.time()) + _VALID_SECONDS,
        data={"token": token, "hard": hard},
        hmac_secret=_key("challenge"),
        hmac_key_secret=_key("solution"),
    )
    return json.dumps(made.to_dict())


def is_proven(payload: str, *, token: str, hard: bool = False) -> bool:
    """Whether this is a solution of a challenge that was made for the form with this token."""
    if not payload or len(payload) > _LONGEST:
        return False
    result = altcha.verify_solution(payload, hmac_secret=_key("challenge"), hmac_key_secret=_key("solution"))
    if not result.verified:
        return False
    made_for = altcha.Payload.from_base64(payload).challenge.parameters.data or {}
    return made_for.get("token") == token and (made_for.get("hard") is True or not hard)


def _key(kind: str) -> str:
    return f"donations.guard.{kind}:{settings.SECRET_KEY}"
