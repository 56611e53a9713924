"""docs/donation-lifecycle.md says what the code does: every state, every move, every event."""

import re

from donations.hearing import HANDLERS
from donations.models import Status
from donations.payments import MOVES
from tests.project.tree import ROOT

DOCUMENT = (ROOT / "docs" / "donation-lifecycle.md").read_text()


def test_the_diagram_draws_exactly_the_moves_of_the_table() -> None:
    drawn = set(re.findall(r"^ +(\w+) --> (\w+):", DOCUMENT, re.MULTILINE))

    assert drawn == {(before.value, after.value) for before, ends in MOVES.items() for after in ends}


def test_every_state_is_named() -> None:
    assert [status.value for status in Status if status.value not in DOCUMENT] == []


def test_every_event_handled_has_its_row_with_its_function_and_no_other_has() -> None:
    rows = set(re.findall(r"^\| `([a-z_.]+)` \| `hearing\.(\w+\.\w+)`", DOCUMENT, re.MULTILINE))

    assert rows == {
        (kind, f"{handler.__module__.removeprefix('donations.hearing.')}.{handler.__name__}")
        for kind, handler in HANDLERS.items()
    }
