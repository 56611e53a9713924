"""Run every benchmark and print its figures in one table: `python -m tests.bench [name …]`.

Each runs in a process of its own, with a database, files and keys made for it and thrown away after.
What the site says meanwhile, thousands of lines of it, is shown only of one that could not run.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench import figures
from tests.bench.figures import Figure

_ROOT = Path(__file__).resolve().parents[2]
_BENCHES = ("page", "ledger", "visit", "settle", "webhook", "pdf", "attack")
_ON_BOTH = {"ledger", "settle", "webhook"}
_POSTGRESQL = "postgres://postgres@127.0.0.1:5432/postgres"


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all. Returns 1 when one could not run or missed what it must reach."""
    found, failed = list[Figure](), False
    for name in names or _BENCHES:
        for database in _databases(name):
            print(f"{name} …", file=sys.stderr)  # noqa: T201
            with tempfile.TemporaryDirectory(prefix="campaign-bench-") as folder:
                environment = {
                    **{key: value for key, value in os.environ.items() if key not in _FOREIGN},
                    **_ENVIRONMENT,
                    **_OTHERWISE.get(name, {}),
                    "VAR_DIR": folder,
                    "DATABASE_URL": database or f"sqlite:///{folder}/bench.sqlite3",
                }
                done = subprocess.run(
                    [sys.executable, "-m", f"tests.bench.{name}"],
                    cwd=_ROOT,
                    env=environment,
                    capture_output=True,
                    text=True,
                    check=False,
                )
            if done.returncode != 0:
                failed = True
                sys.stderr.write(done.stderr)
            found += figures.taken(done.stdout)
    print(figures.table(found))  # noqa: T201
    return int(failed or any(figure.passed is False for figure in found))


def _databases(name: str) -> list[str]:
    """The embedded database, and for some PostgreSQL too where there is one."""
    return ["", os.environ.get("DATABASE_URL") or _POSTGRESQL] if name in _ON_BOTH else [""]


_FOREIGN = {"REDIS_URL", "EMAIL_URL", "SENTRY_DSN", "STRIPE_API_BASE"}
# As in production, with keys that belong to nobody.
_ENVIRONMENT = {
    "DEBUG": "0",
    "SECRET_KEY": "not-a-secret-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ",
    "ALLOWED_HOSTS": "127.0.0.1",
    "SITE_URL": "https://127.0.0.1",
    "EMAIL_URL": "smtp://127.0.0.1:25",
    "DEFAULT_FROM_EMAIL": "gifts@example.org",
    "STRIPE_SECRET_KEY": "sk_test_belongs_to_nobody",
    "STRIPE_WEBHOOK_SECRET": "whsec_belongs_to_nobody",
    "DJANGO_SETTINGS_MODULE": "campaign.settings",
}
# Cards are tested on the sandbox's payment page, which is there in development only.
_OTHERWISE = {"attack": {"DEBUG": "1", "SANDBOX": "1", "SITE_URL": "http://127.0.0.1"}}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
