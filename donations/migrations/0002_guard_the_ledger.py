"""On PostgreSQL, the database itself refuses to change or delete a ledger entry.

SQLite serves development and tests, which empty their tables; there the model and its QuerySet refuse.
"""

from django.db import migrations

_GUARD = """
CREATE FUNCTION donations_ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: post a correction instead';
END $$;
CREATE TRIGGER donations_ledger_append_only
    BEFORE UPDATE OR DELETE ON donations_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION donations_ledger_is_append_only();
"""
_UNGUARD = """
DROP TRIGGER IF EXISTS donations_ledger_append_only ON donations_ledgerentry;
DROP FUNCTION IF EXISTS donations_ledger_is_append_only();
"""


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_GUARD)


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_UNGUARD)


class Migration(migrations.Migration):
    dependencies = [("donations", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard)]
