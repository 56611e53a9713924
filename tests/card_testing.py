"""An attack on the gift form with honest donors in the middle of it, by the site's real ways.

All is as it will be: the form, the guard, the sandbox's payment page, its signed webhooks. Only time is
short: a night's attempts come as fast as the site answers.
"""

import datetime as dt
import html
import re
from dataclasses import dataclass, field
from typing import Any

import time_machine
from django.test import Client
from django.utils import timezone

from donations import tasks
from donations.models import Donation, Status
from sandbox import deliveries
from tests.donations.guarding import solution
from tests.giving import DECLINED_CARD, form_data, pay
from tests.programs.forms import filled

GIVE = "/en/hematology/give/"
_CHALLENGE = re.compile(r'data-challenge="([^"]*)"')


@dataclass
class Result:
    """`reached`: attempts of thieves that got a payment page. `through`: donors whose gift was paid."""

    attempts: int = 0
    reached: int = 0
    donors: int = 0
    through: int = 0
    turned_away: list[str] = field(default_factory=list)

    @property
    def kept_off_percent(self) -> float:
        return 100 - 100 * self.reached / self.attempts


class Visitor:
    """Somebody at an address. With JavaScript, the browser does the work that a page asks for."""

    def __init__(self, address: str, email: str, *, javascript: bool = True) -> None:
        self.client = Client(REMOTE_ADDR=address, SERVER_NAME="127.0.0.1")
        self.email, self.javascript = email, javascript
        self.page: Any = None

    def open(self, *, seconds_ago: int = 0) -> None:
        with time_machine.travel(timezone.now() - dt.timedelta(seconds=seconds_ago)):
            self.page = self.client.get(GIVE)

    def send(self) -> Donation | None:
        """The gift, where this came to the payment page. Its script sends a page that comes back again."""
        answer = self._post()
        if self.javascript and b"data-resend" in answer.content:
            self.page = answer
            answer = self._post()
        return Donation.objects.get(checkout_url=answer["Location"]) if answer.status_code == 303 else None

    def _post(self) -> Any:
        data = filled(self.page) if self.page else {}
        asked = _CHALLENGE.search(self.page.content.decode()) if self.page else None
        if asked and self.javascript:
            data["proof"] = solution(html.unescape(asked[1]))
        return self.client.post(GIVE, data | form_data(email=self.email))


def simulate(*, attempts: int, addresses: int, donors: int) -> Result:
    """So many attempts from so many addresses, and honest donors at even distances among them.

    Some donors give from one office, some from the thieves' own networks, some without JavaScript. One in ten
    of the thieves' machines reads the form first, the others only post.
    """
    result = Result(attempts=attempts, donors=donors)
    people = [_donor(number, donors) for number in range(donors)]
    turns = {(number + 1) * attempts // (donors + 1): person for number, person in enumerate(people)}
    for number in range(attempts):
        if person := turns.get(number):
            _gives(person, result)
        machine = Visitor(_address(number % addresses), f"t{number}@example.org", javascript=False)
        if number % 10 == 1:
            machine.open()
        if donation := machine.send():
            result.reached += 1
            pay(donation, DECLINED_CARD)
            tell()
    return result


def tell() -> None:
    """Stripe's webhooks arrive and are handled."""
    while deliveries.deliver_due():
        pass
    tasks.process_events()


def _gives(person: Visitor, result: Result) -> None:
    person.open(seconds_ago=0 if person.javascript else 60)
    donation = person.send()
    if donation is not None:
        pay(donation)
        tell()
        donation.refresh_from_db()
    if donation is not None and donation.status == Status.PAID:
        result.through += 1
    else:
        result.turned_away.append(person.email)


def _donor(number: int, donors: int) -> Visitor:
    kinds = {
        0: ("198.51.100.7", True),  # an office behind one address
        1: (f"192.0.2.{number}", True),
        2: (f"203.0.{number % 5}.200", True),  # beside a thief
    }
    address, javascript = kinds[number % 3]
    if number == donors - 1:  # the last is a reader without JavaScript, whose form was open for a while
        address, javascript = "192.0.2.250", False
    return Visitor(address, f"donor{number}@example.org", javascript=javascript)


def _address(number: int) -> str:
    return f"203.0.{number % 13}.{number + 1}"
