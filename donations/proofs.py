"""Papers that prove a gift or come from a bank: what they claim to be is checked, then they are kept.

They lie in private storage as they came, and are handed to staff only as files to save.
"""

import hashlib
import io
import secrets
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone
from PIL import Image

MOST_BYTES = 10_000_000
_MOST_PIXELS = 60_000_000
_ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


class NotAProof(ValueError):
    """It is no PDF, JPEG or PNG, whatever its name says, or it is broken."""


@dataclass(frozen=True)
class Proof:
    """A kept file."""

    path: str
    name: str
    type: str
    sha256: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def keep(name: str, content: bytes) -> Proof:
    """Check a file by what is in it, and keep it. Raises `NotAProof`."""
    kind = kind_of(content)
    path = storages["private"].save(
        f"proofs/{timezone.now():%Y}/{secrets.token_hex(16)}.{_ENDINGS[kind]}", ContentFile(content)
    )
    shown = PurePosixPath(name.replace("\\", "/")).name[:200]
    return Proof(path=path, name=shown, type=kind, sha256=hashlib.sha256(content).hexdigest())


def kind_of(content: bytes) -> str:
    """`application/pdf`, `image/jpeg` or `image/png`: what the bytes are. Raises `NotAProof`."""
    if content.startswith(b"%PDF-"):
        if b"%%EOF" in content[-2048:]:
            return "application/pdf"
        raise NotAProof("a PDF without its end")
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                raise NotAProof("a picture of too many pixels")
            picture.load()
            return "image/png" if picture.format == "PNG" else "image/jpeg"
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise NotAProof(str(error)[:200]) from error
