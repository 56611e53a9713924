"""Static files as production serves them: hashed, compressed, and what every page wears in one sheet."""

import re
from collections.abc import Iterator
from typing import Any, Final

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

_JOINED: Final = "css/site.css"
_IMPORT: Final = re.compile(r'^@import url\("([^"]+)"\);$', re.MULTILINE)


class JoinedSheets(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped
    """Puts the sheets that css/site.css imports into it: each import would cost a visitor a round trip.

    What one of our modules imports is named by its hashed name: it is the file that the page has loaded.
    """

    support_js_module_import_aggregation = True

    def post_process(
        self, paths: dict[str, tuple[Storage, str]], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str, bool]]:
        if _JOINED in paths and not dry_run:
            # From the sources, whatever was collected before: the copy of a run before is joined already.
            sheet = _IMPORT.sub(lambda found: _read(paths, f"css/{found[1]}"), _read(paths, _JOINED))
            self.delete(_JOINED)
            paths = {**paths, _JOINED: (self, self.save(_JOINED, ContentFile(sheet.encode())))}
        yield from super().post_process(paths, dry_run=dry_run, **options)


def _read(paths: dict[str, tuple[Storage, str]], name: str) -> str:
    storage, path = paths[name]
    with storage.open(path) as file:
        return str(file.read().decode())
