"""What looks at the pages from outside is not passed over silently where CI needs it."""

import json
from pathlib import Path

import pytest

from tests import audits
from tests.browser import chromium


@pytest.mark.parametrize(("required", "outcome"), [("", pytest.skip.Exception), ("1", pytest.fail.Exception)])
def test_a_machine_that_lacks_the_checkers_skips_them_and_in_ci_fails(
    required: str, outcome: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("BROWSER_REQUIRED", required)

    for audit in (lambda: audits.nu([]), lambda: audits.lighthouse("http://127.0.0.1", "chromium")):
        with pytest.raises(audits.Missing) as missing:
            audit()
        with pytest.raises(outcome, match="not installed"):
            chromium.lacking(str(missing.value))


def test_no_part_of_the_checkers_is_asked_for_by_a_name_that_moves() -> None:
    """What asks for “latest” makes the lock disagree with itself one day; Debian's npm cannot override it."""
    lock = json.loads((Path(audits.__file__).parent / "package-lock.json").read_text())
    wanted = [each for part in lock["packages"].values() for each in part.get("dependencies", {}).items()]

    assert len(wanted) > 100
    assert [each for each in wanted if each[1][0].isalpha()] == []
