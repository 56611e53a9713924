"""Staff add pictures to a programme in its form."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from programs.models import Picture, Program
from programs.pictures.cleaning import MAXIMUM_BYTES
from tests.programs.forms import address, filled, picture, with_picture


def test_a_picture_is_kept_with_its_size_and_under_what_it_is(staff: Client, hematology: Program) -> None:
    form = filled(staff.get(address(hematology)))

    response = staff.post(address(hematology), with_picture(form, picture(name="page.html", kind="PNG")))

    assert response.status_code == 302
    kept = Picture.objects.get()
    assert (kept.width, kept.height) == (40, 30)
    assert str(kept.image.name).endswith(".png")


@pytest.mark.parametrize(
    ("upload", "says"),
    [
        (SimpleUploadedFile("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "not a picture"),
        (SimpleUploadedFile("a.jpg", b"<script>alert(1)</script>"), "not a picture"),
        (SimpleUploadedFile("a.jpg", picture(400, 400).read()[:900]), "not a picture"),
        (SimpleUploadedFile("a.png", b""), "empty"),
        (picture(kind="GIF"), "not a picture"),
        (picture(8000, 5001, kind="PNG"), "40 megapixels"),
        (SimpleUploadedFile("a.jpg", b"\xff\xd8" + b"0" * MAXIMUM_BYTES), "20 MB"),
    ],
    ids=["svg", "script", "cut short", "empty", "gif", "too large", "too heavy"],
)
def test_what_is_not_a_bearable_picture_is_refused(
    staff: Client, hematology: Program, upload: SimpleUploadedFile, says: str
) -> None:
    form = filled(staff.get(address(hematology)))

    response = staff.post(address(hematology), with_picture(form, upload))

    assert response.status_code == 200
    assert says in response.content.decode()
    assert not Picture.objects.exists()


def test_a_picture_without_alternative_text_is_refused(staff: Client, hematology: Program) -> None:
    form = with_picture(
        filled(staff.get(address(hematology))), picture(), alternative_text_en="", alternative_text_fr=""
    )

    response = staff.post(address(hematology), form)

    assert response.status_code == 200
    assert not Picture.objects.exists()
