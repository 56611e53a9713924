"""Everything people read exists in French: what is marked for translation stands in the catalogue."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from tests.project.tree import ROOT, files

CATALOGUE = ROOT / "locale" / "fr" / "LC_MESSAGES" / "django.po"
_CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
_CALLS_IN_CONTEXT = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}
_IN_TEMPLATES = re.compile(r"\b(n?p?gettext)\((u['\"].*?['\"])(?:,\s*count)?\)", re.DOTALL)


def messages() -> list[Message]:
    """The catalogue without its header."""
    with CATALOGUE.open("rb") as file:
        return [message for message in read_po(file, locale="fr") if message.id]


def french(message: Message) -> list[str]:
    """Its French text, or its texts where it counts something."""
    texts = [message.string] if isinstance(message.string, str) else message.string or [""]
    return [str(text) for text in texts]


def in_python(path: Path) -> Iterator[str]:
    """The first text of each call that marks one, after the context where it has one."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(text)), *_]) if name in _CALLS:
                yield text
            case ast.Call(
                func=ast.Name(id=name), args=[ast.Constant(), ast.Constant(value=str(text)), *_]
            ) if name in _CALLS_IN_CONTEXT:
                yield text


def in_template(path: Path) -> Iterator[str]:
    """The same, by way of Django's own reading of a template."""
    for call, arguments in _IN_TEMPLATES.findall(templatize(path.read_text())):
        texts = ast.literal_eval(f"({arguments},)")
        yield texts[1 if "p" in call.removesuffix("gettext") else 0].replace("%%", "%")


def test_french_has_every_text_that_is_marked() -> None:
    known = {
        (message.id if isinstance(message.id, str) else message.id[0]).replace("%%", "%")
        for message in messages()
    }
    marked: set[str] = set()
    for path in files(".py"):
        if not {"tests", "migrations"} & set(path.relative_to(ROOT).parts):
            marked.update(in_python(path))
    for path in files(".html", ".txt"):
        if "templates" in path.relative_to(ROOT).parts:
            marked.update(in_template(path))

    assert len(marked) > 300
    assert {text for text in marked if text.replace("%%", "%") not in known} == set()


def test_no_french_text_is_empty_or_a_guess() -> None:
    assert [message.id for message in messages() if message.fuzzy or not all(french(message))] == []


def test_french_is_set_as_french_is() -> None:
    """Narrow no-break spaces before ; ! ? and inside guillemets, a no-break one before : and %."""
    texts = [text for message in messages() for text in french(message)]

    assert [
        text for text in texts if re.search(r" [;!?:»](?!\w)| %(?![(sd])|« |\w[;!?](?!\w)|'|«\w", text)
    ] == []
