"""A small attack, by the site's real ways; `make bench` tells the large one."""

from typing import Any

import pytest

from donations.guard import attacks
from programs.models import Program
from tests import card_testing

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_attack_hardly_reaches_stripe_and_every_donor_gets_through(
    stripe_sandbox: str, program: Program, settings: Any
) -> None:
    settings.GUARD = settings.GUARD | {"DECLINES_PER_MINUTE": 3, "PROOF_STEPS": 4, "PATIENCE_SECONDS": 50}

    result = card_testing.simulate(attempts=45, addresses=15, donors=4)

    assert result.turned_away == []
    assert result.through == 4
    assert 3 <= result.reached <= 5
    assert attacks.level(program) == attacks.PROOF
    assert attacks.standing()[0].stopped == 45 - result.reached
