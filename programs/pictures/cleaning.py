"""From the file that staff send to the picture that is kept: its pixels, upright, in sRGB, and nothing else.

Nothing of the file itself is kept: not where and when the photograph was taken, not its colour profile,
no second picture, and nothing that was hidden behind or inside it.
"""

import hashlib
import io
import threading
from pathlib import PurePath
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps

MAXIMUM_BYTES: Final = 20_000_000
MAXIMUM_PIXELS: Final = 40_000_000  # a 40-megapixel photograph: 120 MB once unpacked
LONGEST_SIDE: Final = 2560  # pixels of what is kept: the widest rendition is 1600 wide
_FORMATS: Final = ("JPEG", "PNG", "WEBP")
_PHOTOGRAPHS: Final = {"JPEG", "MPO"}  # MPO: a telephone's JPEG with a second picture behind the first
_STRIP: Final = 256  # rows

# One at a time in each process: a web worker's eight threads would unpack eight photographs at once.
_unpacking = threading.Lock()


class CleanPicture(ContentFile[bytes]):
    """A picture that has been looked into: pixels only, under a name that says its content."""


def clean(upload: "File[Any]") -> CleanPicture:
    """The master of what was sent. The same picture gives the same bytes and the same name.

    Raises ValidationError, with a sentence for people, unless it is one whole and still picture of a
    known format and a bearable size. The size is read before anything is unpacked; the name's ending
    follows from what it is, not from what it says it is.
    """
    if (upload.size or 0) > MAXIMUM_BYTES:
        raise ValidationError(_("This file is too heavy: 20 MB at most."), code="heavy")
    upload.seek(0)
    with _unpacking:
        try:
            with Image.open(upload, formats=_FORMATS) as picture:
                _refuse_unbearable(picture)
                pixels = _pixels(picture)
                ending, body = _packed(pixels, photograph=picture.format in _PHOTOGRAPHS)
        except ValidationError:
            raise
        except Image.DecompressionBombError as error:
            raise _too_large() from error
        except Exception as error:  # Pillow raises many kinds, from a lying header to a truncated end
            raise ValidationError(
                _("This file is not a picture we can show. Send a JPEG, PNG or WebP."), code="not_a_picture"
            ) from error
    stem = slugify(PurePath(upload.name or "").stem)[:60].strip("-") or "picture"
    return CleanPicture(body, name=f"{stem}-{hashlib.sha256(body).hexdigest()[:12]}.{ending}")


def _refuse_unbearable(picture: Image.Image) -> None:
    if picture.width * picture.height > MAXIMUM_PIXELS:
        raise _too_large()
    if picture.format not in _PHOTOGRAPHS and getattr(picture, "is_animated", False):
        raise ValidationError(_("This picture moves. Send a still one."), code="moves")


def _too_large() -> ValidationError:
    return ValidationError(_("This picture is too large: 40 megapixels at most."), code="large")


def _pixels(picture: Image.Image) -> Image.Image:
    """The picture as it is meant to be seen, on white where it is transparent."""
    profile = picture.info.get("icc_profile")
    if picture.format in _PHOTOGRAPHS:
        # A JPEG can be unpacked at a half, a quarter or an eighth of its size.
        picture.draft(None, _within(picture.size))
    picture.load()
    upright = picture if picture.mode in {"RGB", "L", "CMYK"} and not _clear(picture) else _opaque(picture)
    if max(upright.size) > LONGEST_SIDE:
        upright = upright.resize(_within(upright.size), Image.Resampling.LANCZOS)
    upright = _turned(upright, picture)
    pixels = _in_srgb(upright, profile)
    pixels.info = {}  # what Pillow would write beside the pixels: comments, profiles, resolutions
    return pixels


def _within(size: tuple[int, int]) -> tuple[int, int]:
    share = min(1.0, LONGEST_SIDE / max(size))
    return max(1, round(size[0] * share)), max(1, round(size[1] * share))


def _clear(picture: Image.Image) -> bool:
    return picture.has_transparency_data


def _opaque(picture: Image.Image) -> Image.Image:
    """In red, green and blue on white, in strips: a copy in another mode weighs as much as the picture."""
    canvas = Image.new("RGB", picture.size, "white")
    for top in range(0, picture.height, _STRIP):
        strip = picture.crop((0, top, picture.width, min(top + _STRIP, picture.height)))
        if strip.mode.startswith("I"):  # 16 bits of grey, which `convert` would cut off instead of scale
            strip = strip.point(lambda value: value / 256).convert("L")
        if _clear(strip):
            strip = strip.convert("RGBA")
            canvas.paste(strip.convert("RGB"), (0, top), strip.getchannel("A"))
        else:
            canvas.paste(strip.convert("RGB"), (0, top))
    return canvas


def _turned(pixels: Image.Image, picture: Image.Image) -> Image.Image:
    """Upright, as the camera says it was held; as it lies where what it says cannot be read."""
    try:
        held = picture.getexif().get(0x0112, 1)
    except Exception:  # a picture with broken notes is a picture
        return pixels
    notes = Image.Exif()
    notes[0x0112] = held
    pixels.info = {"exif": notes.tobytes()} if held in range(2, 9) else {}
    return ImageOps.exif_transpose(pixels)


def _in_srgb(pixels: Image.Image, profile: bytes | None) -> Image.Image:
    """In the colours of a screen. A profile that cannot be read, or is of other colours, is not there."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(  # type: ignore[return-value]  # None only in place
                pixels, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return pixels.convert("RGB")


def _packed(pixels: Image.Image, *, photograph: bool) -> tuple[str, bytes]:
    """A photograph as a JPEG that nobody can tell from it; a drawing, lettering perhaps, to the pixel."""
    body = io.BytesIO()
    if photograph:
        pixels.save(body, "JPEG", quality=95, subsampling=0)
        return "jpg", body.getvalue()
    pixels.save(body, "PNG", compress_level=3)
    return "png", body.getvalue()
