"""The first programme's words and the tax rules, as `make run` loads them, written once and put back."""

from django.core.management import call_command

from tests import database, environment


def _load() -> None:
    call_command("load_content", verbosity=0)
    call_command("load_tax_rules", verbosity=0)


LOADED = database.Snapshot(_load)


def begin_anew() -> None:
    """Between the stories of one test: nothing stored, cached, counted or queued is left of the last."""
    call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
    environment.empty_caches()
    environment.empty_redis()
    LOADED.restore()
