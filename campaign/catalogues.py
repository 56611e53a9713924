"""Compiles the translation catalogues without GNU gettext, which a newcomer's machine may lack.

`python -m campaign.catalogues` does it by hand; `make run` and the tests do it by themselves.
"""

import os
import tempfile
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def compile_all(folder: Path = LOCALE) -> list[Path]:
    """Write the .mo beside every .po that is newer than it. Several processes may do so at once."""
    written = []
    for source in sorted(folder.glob("**/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime <= source.stat().st_mtime:
            _compile(source, target)
            written.append(target)
    return written


def _compile(source: Path, target: Path) -> None:
    with source.open("rb") as text:
        catalogue = read_po(text, locale=source.parts[-3], abort_invalid=True)
    descriptor, unfinished = tempfile.mkstemp(dir=target.parent, suffix=".partial")
    with os.fdopen(descriptor, "wb") as compiled:
        write_mo(compiled, catalogue)
    Path(unfinished).chmod(0o644)
    Path(unfinished).replace(target)


if __name__ == "__main__":
    for path in compile_all():
        print(path)  # noqa: T201
