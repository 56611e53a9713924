"""Typst, held so that threads share it and no text stops it for good. Knows nothing of gifts."""

import datetime as dt
import json
import os
import threading
from enum import Enum
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, cast

import typst

TEMPLATES = Path(__file__).parent / "templates"

_lock = threading.Lock()  # one compiler serves one thread at a time

CannotShow = typst.TypstError


class Fonts(Enum):
    """Where glyphs come from: those inside Typst are the same on every machine."""

    BUILT_IN = "built in"
    SYSTEM = "built in, then the system's"


class Forked(RuntimeError):
    """Typst's threads do not survive a fork: a child of a process that has typeset would hang."""


def typeset(template: str, data: dict[str, Any], *, fonts: Fonts, at: dt.datetime) -> bytes:
    """The template as a PDF/UA-1 and PDF/A-2a document; the same bytes for the same arguments.

    Data is passed beside the source, never written into it. Raises `CannotShow` when the fonts lack
    a glyph (or the template is wrong).
    """
    inputs = {"data": json.dumps(data)}
    return _document(_compiler(template, fonts), inputs, int(at.timestamp()))


def paint(template: Path, data: dict[str, Any]) -> bytes:
    """The template as a PNG, one pixel a point. What no font can show stays an empty box: see `can_show`."""
    return _compile(_compiler(str(template), Fonts.SYSTEM), {"data": json.dumps(data)}, format="png", ppi=72)


@lru_cache(maxsize=4096)
def can_show(character: str) -> bool:
    """Whether any font at hand has this character, asked of Typst itself."""
    try:
        _document(_compiler("probe.typ", Fonts.SYSTEM), {"text": character}, 0)
    except CannotShow:
        return False
    return True


def _document(compiler: typst.Compiler, inputs: dict[str, str], timestamp: int) -> bytes:
    """Accessible (UA-1), and readable in thirty years (A-2a)."""
    return _compile(compiler, inputs, format="pdf", pdf_standards=["ua-1", "a-2a"], timestamp=timestamp)


def _compile(compiler: typst.Compiler, inputs: dict[str, str], **options: Any) -> bytes:
    if os.getpid() != _first_process():
        raise Forked("start a new process instead of forking one that makes documents")
    with _lock:
        return cast(bytes, compiler.compile(sys_inputs=inputs, **options))


@cache
def _first_process() -> int:
    """The process that typeset first; a child forked later inherits the answer."""
    return os.getpid()


@cache
def _compiler(template: str, fonts: Fonts) -> typst.Compiler:
    return typst.Compiler(TEMPLATES / template, font_paths=_fonts(fonts))


@cache
def _fonts(fonts: Fonts) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=fonts is Fonts.SYSTEM)
