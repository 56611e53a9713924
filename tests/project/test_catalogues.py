"""Translation catalogues are compiled without GNU gettext, and only when they changed."""

import gettext
import os
from pathlib import Path

import pytest
from babel.messages.pofile import PoFileError

from campaign import catalogues

_TEXT = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "gift"
msgid_plural "gifts"
msgstr[0] "don"
msgstr[1] "dons"

#, fuzzy
msgid "meter"
msgstr "mètre"
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "fr/LC_MESSAGES/django.po"
    path.parent.mkdir(parents=True)
    path.write_text(_TEXT)
    return path


def test_compiled_catalogue_translates_and_leaves_guesses_out(source: Path, tmp_path: Path) -> None:
    (compiled,) = catalogues.compile_all(tmp_path)

    with compiled.open("rb") as file:
        french = gettext.GNUTranslations(file)
    assert french.ngettext("gift", "gifts", 0) == "don"
    assert french.ngettext("gift", "gifts", 2) == "dons"
    assert french.gettext("meter") == "meter"


def test_unchanged_catalogue_is_left_alone(source: Path, tmp_path: Path) -> None:
    catalogues.compile_all(tmp_path)
    os.utime(source, (1, 1))

    assert catalogues.compile_all(tmp_path) == []


def test_broken_catalogue_is_refused_and_the_old_one_kept(source: Path, tmp_path: Path) -> None:
    (compiled,) = catalogues.compile_all(tmp_path)
    before = compiled.read_bytes()
    source.write_text(_TEXT + '\nmsgid "unfinished\n')
    os.utime(compiled, (1, 1))

    with pytest.raises(PoFileError):
        catalogues.compile_all(tmp_path)

    assert compiled.read_bytes() == before
    assert [path.name for path in compiled.parent.iterdir() if path.suffix == ".partial"] == []
