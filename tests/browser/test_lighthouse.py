"""Lighthouse's four marks, as a phone on a slow network would give them: 100 each on page and form."""

import pytest

from tests import audits
from tests.browser import chromium, donor

# A busy machine can only take points away: what reaches the mark once has reached it.
_TRIES = 3
_MARKS = {"performance": 100, "accessibility": 100, "best-practices": 100, "seo": 100}


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("page", ["program", "form"])
def test_every_mark_is_a_hundred(production: str, page: str, language: str) -> None:
    address = production + {"program": donor.PROGRAM, "form": donor.GIVE}[page][language]
    browser = chromium.found()
    if browser is None:
        chromium.lacking()

    for _ in range(_TRIES):
        try:
            marks, costs = audits.lighthouse(address, browser)
        except audits.Missing as missing:
            chromium.lacking(str(missing))
        except audits.Failed as failed:
            marks, costs = {}, str(failed)
        if marks == _MARKS:
            break

    assert marks == _MARKS, costs
