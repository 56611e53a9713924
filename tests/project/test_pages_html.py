"""Rules that keep the public pages whole under a strict content policy, and the style sheets in order."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings

TEMPLATES = settings.BASE_DIR / "templates"
PAGES = [
    page
    for folder in (".", "programs", "donations", "donations/my_gifts", "outreach")
    for page in sorted((TEMPLATES / folder).glob("*.html"))
]
SHEETS = [
    path
    for path in sorted((settings.BASE_DIR / "static" / "css").rglob("*.css"))
    if path.name not in {"sandbox.css", "site.css", "tokens.css"} and "admin" not in path.as_posix()
]
TOKENS = (settings.BASE_DIR / "static" / "css" / "tokens.css").read_text()


def named(path: Path) -> str:
    return path.relative_to(settings.BASE_DIR).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_page_has_no_inline_style_or_script_and_no_third_party(page: Path) -> None:
    html = page.read_text()

    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\ssrc=)", html)
    assert not re.search(r"(src|href)=\"(https?:)?//", html)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_page_loads_at_most_four_style_sheets(page: Path) -> None:
    html = page.read_text()
    base = (TEMPLATES / "base.html").read_text() if "base.html" in html else ""

    assert (html + base).count('rel="stylesheet"') <= 4


@pytest.mark.parametrize("sheet", SHEETS, ids=named)
def test_a_style_sheet_lives_in_one_layer_and_takes_its_values_from_the_tokens(sheet: Path) -> None:
    css = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.S)

    assert re.fullmatch(r"\s*@layer (base|layout|components|pages) \{.*\}\s*", css, flags=re.S)
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", css)
    defined = set(re.findall(r"(--[a-z0-9-]+):", TOKENS + css))
    assert set(re.findall(r"var\((--[a-z0-9-]+)", css)) <= defined


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def colours(scheme: str) -> dict[str, str]:
    light, dark = TOKENS.split("@media")[:2]
    found = dict(re.findall(r"(--[a-z-]+): (#[0-9a-f]{6});", light))
    return found if scheme == "light" else found | dict(re.findall(r"(--[a-z-]+): (#[0-9a-f]{6});", dark))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_can_be_read_on_every_paper(scheme: str) -> None:
    colour = colours(scheme)

    for paper in ("--paper", "--paper-raised", "--paper-sunk", "--carmine-wash"):
        assert contrast(colour["--ink"], colour[paper]) >= 7
        assert contrast(colour["--ink-soft"], colour[paper]) >= 7
        assert contrast(colour["--carmine"], colour[paper]) >= 4.5
    for fill in ("--carmine-fill", "--carmine-fill-strong"):
        assert contrast(colour["--on-carmine"], colour[fill]) >= 4.5
    assert contrast(colour["--on-carmine"], colour["--band"]) >= 7
    assert contrast(colour["--on-carmine-soft"], colour["--band"]) >= 7
    assert contrast(colour["--rule-strong"], colour["--paper-raised"]) >= 3


def test_the_cells_of_each_kind_stand_out_from_the_paper() -> None:
    """By their body or by their outline: a white cell is pale, as it is in blood."""
    outlines = {"stem": "stem", "young": "young-edge", "red": "red", "white": "white-edge"}
    outlines |= {"platelet": "platelet-heart", "waiting": "empty"}
    for scheme in ("light", "dark"):
        colour = colours(scheme)
        for kind, edge in outlines.items():
            seen = [contrast(colour[f"--cell-{name}"], colour["--paper"]) for name in (kind, edge)]
            assert max(seen) >= 3, (scheme, kind)


def test_headings_do_not_skip_a_level() -> None:
    for page in PAGES:
        levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", page.read_text())]

        assert all(after <= before + 1 for before, after in pairwise(levels)), page
