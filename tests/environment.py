"""Loaded before Django's settings: every test run gets files, a database and keys of its own.

A developer's real keys in the environment never reach a test, and the development database under
`var/` is never touched. `DATABASE_URL` and `REDIS_URL` are kept: they choose the set to test on.
"""

import atexit
import os
import shutil
import tempfile

for name in (
    "ALLOWED_HOSTS",
    "DEFAULT_FROM_EMAIL",
    "EMAIL_URL",
    "SANDBOX",
    "SECRET_KEY",
    "SENTRY_DSN",
    "SITE_URL",
    "STRIPE_API_BASE",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
):
    os.environ.pop(name, None)
os.environ["DEBUG"] = "1"

_folder = tempfile.mkdtemp(prefix="campaign-tests-")
os.environ["VAR_DIR"] = _folder
_owner = os.getpid()


@atexit.register
def _remove() -> None:
    if os.getpid() == _owner:
        shutil.rmtree(_folder, ignore_errors=True)
