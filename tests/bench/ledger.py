"""The programme page of a million ledger entries against that of ten: the same work, in the same time.

Two programmes of the same words stand in one database, and are read in turn. Both show the same total
in the same months, so that what differs is the ledger and not the page.
"""

import statistics
import time
from collections.abc import Callable

import django

django.setup()

from django.conf import settings  # noqa: E402  # after the settings
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from donations import ledger  # noqa: E402
from donations.models import LedgerEntry, MonthlyTotal, ProgramTotal  # noqa: E402
from programs.models import Part, Program  # noqa: E402
from tests.bench.figures import Figure, not_measured  # noqa: E402
from tests.bench.own_database import Missing, own_database  # noqa: E402

_FEW, _MANY = 10, 1_000_000
_TOTAL_CENTS = 570_000_00
_COLD_ROUNDS, _CACHED_ROUNDS = 40, 400
_MOST_TIMES = 1.1
_MOST_QUERIES = {"cached": 2, "cold": 15}
_NOT_OF_THE_PAGE = ["admin", "unfold", "django_prose_editor"]
# Where each database takes a row's number from, and how it goes back from now by hours.
_SERIES = {
    "sqlite": (
        "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < %s)",
        "datetime('now', '-' || (n %% 10 * 700) || ' hours')",
    ),
    "postgresql": (
        "WITH series AS (SELECT n FROM generate_series(1, %s) AS n)",
        "now() - (n %% 10 * 700) * interval '1 hour'",
    ),
}
_CLIENT = Client()


def main() -> None:
    settings.ALLOWED_HOSTS = ["testserver", "127.0.0.1"]
    call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=_NOT_OF_THE_PAGE)
    try:
        with own_database():
            call_command("load_content", verbosity=0)
            call_command("load_tax_rules", verbosity=0)
            few = Program.objects.get(slug_en="hematology")
            many = _twin(few)
            _fill(few, _FEW)
            _fill(many, _MANY)
            for figure in _figures(few, many):
                figure.hand_over()
    except Missing as missing:
        not_measured(f"page, {_MANY:,} ledger entries", str(missing)).hand_over()


def _twin(program: Program) -> Program:
    """A programme with the same words under another address."""
    columns = {field.attname: getattr(program, field.attname) for field in program._meta.concrete_fields}
    twin = Program.objects.create(
        **{**columns, "id": None, "slug_en": "hematology-twin", "slug_fr": "hematologie-jumelle"}
    )
    for model in (each for each in Part.__subclasses__() if not each._meta.abstract):
        for row in model._default_manager.filter(program=program):
            row.pk, row.program_id = None, twin.pk
            row._state.adding = True
            row.save()
    return twin


def _fill(program: Program, entries: int) -> None:
    series, moment = _SERIES[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {LedgerEntry._meta.db_table}"  # noqa: S608  no visitor's word is in it
            " (program_id, donation_id, kind, amount_cents, currency, fee_cents, occurred_at, source,"
            f" source_ref, posted_at) {series}"
            f" SELECT %s, NULL, 'gift', %s, 'EUR', 10, {moment}, 'bench',"
            f" %s || n, {moment} FROM series",
            [entries, program.pk, _TOTAL_CENTS // entries, f"bench-{program.pk}-"],
        )
        cursor.execute("ANALYZE")
    total = ledger.sum_entries(program)
    ProgramTotal.objects.update_or_create(
        program=program,
        defaults={
            "raised_cents": total.raised_cents,
            "gifts": total.gifts,
            "donors": total.donors,
            "entries": total.entries,
            "updated_at": timezone.now(),
        },
    )
    MonthlyTotal.objects.bulk_create(
        MonthlyTotal(program=program, month=month, kind=kind, amount_cents=cents, entries=count)
        for (month, kind), (cents, count) in ledger.sum_months(program).items()
    )
    Program.objects.filter(pk=program.pk).touch()


def _figures(few: Program, many: Program) -> list[Figure]:
    pages = [few.get_absolute_url(), many.get_absolute_url()]
    found = []
    for state, rounds in (("cold", _COLD_ROUNDS), ("cached", _CACHED_ROUNDS)):
        prepare: Callable[[], object] = Program.objects.touch if state == "cold" else lambda: None
        queries = [_queries(page, prepare) for page in pages]
        seconds: list[list[float]] = [[], []]
        for number in range(rounds):
            for place in (0, 1) if number % 2 else (1, 0):
                prepare()
                began = time.perf_counter()
                _read(pages[place])
                seconds[place].append(time.perf_counter() - began)
        times = statistics.median(slow / fast for fast, slow in zip(*seconds, strict=True))
        found.append(
            Figure(
                f"page {state}, {_MANY:,} ledger entries against {_FEW} ({connection.vendor})",
                f"{times:.2f} × ({statistics.median(seconds[0]) * 1000:.1f} ms),"
                f" {queries[1]} queries against {queries[0]}",
                f"≤ {_MOST_TIMES} ×, the same, ≤ {_MOST_QUERIES[state]}",
                times <= _MOST_TIMES and queries[0] == queries[1] <= _MOST_QUERIES[state],
            )
        )
    return found


def _read(page: str) -> None:
    answer = _CLIENT.get(page, headers={"x-forwarded-proto": "https", "accept-encoding": "br"})
    if answer.status_code != 200:  # a wrong setting would be measured as a very fast page
        raise SystemExit(f"{page} answers {answer.status_code}")


def _queries(page: str, prepare: Callable[[], object]) -> int:
    _read(page)
    prepare()
    with CaptureQueriesContext(connection) as queries:
        _read(page)
    return len(queries)


if __name__ == "__main__":
    main()
