"""One receipt's PDF, once the fonts are read."""

import django

django.setup()

from donations.receipts.samples import milliseconds_per_page  # noqa: E402  # after the settings


def main() -> None:
    print(f"receipt PDF      {milliseconds_per_page():.1f} ms a page, warm")  # noqa: T201


if __name__ == "__main__":
    main()
