"""Which tests `make services-test` need not run again: those that would say the same there.

CI has twenty minutes, and runs the embedded suite whole. A second time, on the services, runs what could
differ there: whatever writes, locks, counts, orders, looks for text, queues or caches.
"""

import pytest

# Development's own Stripe and mailbox: never on in production. The journeys give through it on PostgreSQL.
_FOLDERS = frozenset({"sandbox"})

# They render pages, letters or pictures from a few rows and look at words, markup, headers and rights:
# the rows are read by queries that other tests run on both.
_READ_PAGES = frozenset(
    {
        "donations/test_admin_roles.py",
        "donations/test_admin_staff.py",
        "donations/test_embed.py",
        "donations/test_form.py",
        "donations/test_guard_banner.py",
        "donations/test_guard_form.py",
        "donations/test_plan_notices.py",
        "donations/test_privacy.py",
        "donations/test_receipts_rendering.py",
        "donations/test_share_picture.py",
        "outreach/test_rendering.py",
        "programs/test_admin.py",
        "programs/test_admin_pictures.py",
        "programs/test_admin_updates.py",
        "programs/test_bad_input.py",
        "programs/test_feed.py",
        "programs/test_found.py",
        "programs/test_home.py",
        "programs/test_languages.py",
        "programs/test_pages.py",
        "programs/test_pictures.py",
        "programs/test_preview.py",
        "programs/test_program.py",
        "programs/test_renditions.py",
        "programs/test_rich_text.py",
        "programs/test_sitemap.py",
        "programs/test_views.py",
        "project/test_addresses.py",
        "project/test_error_pages.py",
        "project/test_french.py",
        "project/test_pages_html.py",
    }
)

# Their tests that ask for no database ask Redis, or start what does.
_ASK_REDIS = frozenset(
    {
        "donations/test_checks.py",
        "programs/test_cached_page.py",
        "project/test_caching.py",
        "project/test_health.py",
        "project/test_processes.py",
    }
)


def mark_embedded(items: list[pytest.Item]) -> None:
    """Mark what runs on the embedded defaults alone. A test's own mark `services` stands."""
    for item in items:
        folder, name = item.path.parent.name, item.path.name
        place = f"{folder}/{name}"
        pure = not _asks_database(item) and place not in _ASK_REDIS
        if (pure or folder in _FOLDERS or place in _READ_PAGES) and not item.get_closest_marker("services"):
            item.add_marker(pytest.mark.embedded)


def _asks_database(item: pytest.Item) -> bool:
    fixtures = getattr(item, "fixturenames", ())
    asked = {"db", "transactional_db", "live_server"}.intersection(fixtures)
    return bool(asked or item.get_closest_marker("django_db"))
