"""How much a request may bring along in files, which are written to a disk before any view has its say."""

from typing import IO, Any, Final

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import MemoryFileUploadHandler

# A programme's form with ten photographs of the largest size.
_MOST_OF_STAFF: Final = 200_000_000


class Bounded(MemoryFileUploadHandler):
    """Refuses what is too much before any of it is read; keeps small files, and leaves large ones to others.

    No form of the public site takes a file. Django counts the words of a form and not its files.
    """

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, Any],  # noqa: N803  # Django's name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        session = getattr(self.request, "session", {})
        most = _MOST_OF_STAFF if SESSION_KEY in session else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if content_length > most:
            raise RequestDataTooBig(f"a form of {content_length} bytes")
        super().handle_raw_input(input_data, META, content_length, boundary, encoding)
