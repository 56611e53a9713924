"""How many of 5,000 attempts to test a card reach Stripe, and whether every honest donor among them does."""

import time

import django

django.setup()

from django.conf import settings  # noqa: E402  # after the settings
from django.core.management import call_command  # noqa: E402
from django.test.testcases import LiveServerThread, _StaticFilesHandler  # noqa: E402

from tests import card_testing  # noqa: E402
from tests.bench.figures import Figure  # noqa: E402
from tests.bench.own_database import own_database  # noqa: E402

_ATTEMPTS, _ADDRESSES, _DONORS = 5_000, 50, 30
_LEAST_PERCENT = 99


def main() -> None:
    with own_database():
        call_command("load_content", verbosity=0)
        call_command("load_tax_rules", verbosity=0)
        site = LiveServerThread("127.0.0.1", _StaticFilesHandler)
        site.daemon = True
        site.start()
        site.is_ready.wait()
        settings.SITE_URL = f"http://127.0.0.1:{site.port}"
        settings.STRIPE_API_BASE = f"{settings.SITE_URL}/sandbox"
        settings.SANDBOX_WEBHOOK_URL = f"{settings.SITE_URL}/stripe/webhook/"
        began = time.perf_counter()
        result = card_testing.simulate(attempts=_ATTEMPTS, addresses=_ADDRESSES, donors=_DONORS)
        seconds = time.perf_counter() - began
        site.terminate()
    Figure(
        f"{_ATTEMPTS:,} attempts to test a card, {seconds:.0f} s",
        f"{result.reached} reached Stripe ({result.kept_off_percent:.1f} % kept off)",
        f"≥ {_LEAST_PERCENT} %",
        result.kept_off_percent >= _LEAST_PERCENT,
    ).hand_over()
    Figure(
        "honest donors among them",
        f"{result.through} of {result.donors} gave",
        "all",
        result.through == result.donors,
    ).hand_over()


if __name__ == "__main__":
    main()
