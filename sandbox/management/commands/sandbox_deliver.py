import logging
import signal
import time
from argparse import ArgumentParser
from typing import Any

from django import db
from django.core.management.base import BaseCommand

from sandbox import checkout, deliveries, sweep

logger = logging.getLogger(__name__)

_EXPIRY_EVERY = 30  # seconds
_AFTER_TROUBLE = 1.0  # seconds


class Command(BaseCommand):
    help = "Settles what is due in the sandbox and sends its webhooks to the site, until it is told to end."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--every", type=float, default=0.2, help="seconds between two looks (0.2)")

    def handle(self, *args: Any, **options: Any) -> None:
        # Both ways of asking it to end interrupt whatever it waits for; the webhook in flight is
        # put back and sent again by the next process.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.stdout.write("Webhooks are sent as they fall due.")
        try:
            self._forever(options["every"])
        except KeyboardInterrupt:
            self.stdout.write("No more webhooks are sent.")

    def _forever(self, pause: float) -> None:
        expiry_due = 0.0
        while True:
            try:
                if time.monotonic() >= expiry_due:
                    checkout.expire_due()
                    expiry_due = time.monotonic() + _EXPIRY_EVERY
                sweep.settle_due()
                if deliveries.deliver_due():
                    continue
                time.sleep(pause)
            except db.Error as error:
                # Locked, restarting or not migrated yet: what is owed stays owed.
                logger.warning("The database did not answer (%s); trying again", error)
                db.close_old_connections()
                time.sleep(_AFTER_TROUBLE)
