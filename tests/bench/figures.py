"""One figure of a benchmark: how it travels from the process that took it to the table that shows it."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

_MARK = "figure: "


@dataclass(frozen=True)
class Figure:
    """What was reached and what must be; `passed` is None where it could not be measured here."""

    what: str
    reached: str
    limit: str
    passed: bool | None

    def hand_over(self) -> None:
        print(_MARK + json.dumps(asdict(self)), flush=True)  # noqa: T201


def not_measured(what: str, reason: str) -> Figure:
    return Figure(what, reason, "", None)


def taken(output: str) -> list[Figure]:
    """The figures that a benchmark's process handed over."""
    lines = (line for line in output.splitlines() if line.startswith(_MARK))
    return [Figure(**json.loads(line.removeprefix(_MARK))) for line in lines]


def table(figures: Iterable[Figure]) -> str:
    words = {True: "pass", False: "FAIL", None: "–"}
    rows = [("what", "reached", "must be", "")]
    rows += [(each.what, each.reached, each.limit, words[each.passed]) for each in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
