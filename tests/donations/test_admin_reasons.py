"""Why a gift is held, as staff read it: in their language, and an amount as money."""

import pytest
from django.utils import translation

from donations.admin import reasons
from donations.guard import deciding, suspicion
from tests import staff
from tests.donations import receipt_gifts


@pytest.mark.django_db
def test_a_held_gift_says_why_in_the_readers_language_on_its_page_and_before_each_decision() -> None:
    gift = receipt_gifts.gift(status="held", review_reason="paid 5000 cents, asked 6000", review_first=True)
    client = staff.signed_in("Treasurer")
    address = f"/admin/donations/donation/{gift.pk}/"

    for page in ("change/", "reject/"):
        english = client.get(address + page).content.decode()
        french = client.get(address + page, headers={"accept-language": "fr"}).content.decode()
        assert "paid €50.00, asked €60.00" in english
        assert "payé 50,00 €, demandé 60,00 €" in " ".join(french.split())


WHATEVER_THE_GUARD_SAYS = [
    deciding._suspect(suspicion.Record(9, 0, 9, 9, 9, 0), [], proven=True),
    *(deciding._suspect(suspicion.UNKNOWN, [name], proven=True) for name in ("address", "network", "email")),
    deciding._suspect(suspicion.UNKNOWN, [], proven=False),
]


@pytest.mark.parametrize(
    "reason",
    [
        *WHATEVER_THE_GUARD_SAYS,
        "paid in USD, asked in EUR",
        "paid in the other mode (live or test) than asked",
        "its money was only set aside",
    ],
)
def test_every_reason_that_the_site_gives_has_words_in_french(reason: str) -> None:
    with translation.override("fr"):
        assert reasons.say(reason, "EUR") not in {"", reason}


def test_a_reason_that_nobody_foresaw_stays_as_it_is() -> None:
    with translation.override("fr"):
        assert reasons.say("odd", "EUR") == "odd"
