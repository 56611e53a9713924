from typing import Any

from django.core.management.base import BaseCommand

from sandbox import checkout


class Command(BaseCommand):
    help = "Expires the Checkout Sessions whose time is over. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Expired: {checkout.expire_due()}")
