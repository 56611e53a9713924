"""One receipt's PDF, once the fonts are read."""

import django

django.setup()

from donations.receipts.samples import milliseconds_per_page  # noqa: E402  # after the settings
from tests.bench.figures import Figure  # noqa: E402

_MOST = 20


def main() -> None:
    reached = milliseconds_per_page()
    Figure("receipt PDF, warm", f"{reached:.1f} ms a page", f"≤ {_MOST} ms", reached <= _MOST).hand_over()


if __name__ == "__main__":
    main()
