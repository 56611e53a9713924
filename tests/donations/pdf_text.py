"""Read a PDF as its reader's software does: its text by each font's ToUnicode map, its promises."""

import io
import re

import pikepdf


def opened(content: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(content))


def text(content: bytes) -> str:
    """What a screen reader or a search finds, line breaks taken away."""
    said: list[str] = []
    with opened(content) as pdf:
        for page in pdf.pages:
            fonts = {name: _unicode_map(font) for name, font in page.Resources.Font.items()}
            current: dict[int, str] = {}
            for step in pikepdf.parse_content_stream(page):
                operator = str(step.operator)
                if operator == "Tf":
                    current = fonts[str(step.operands[0])]
                elif operator in {"Tj", "TJ"}:
                    said.append(_shown(step.operands[0], current))
                elif operator == "ET":
                    said.append(" ")
    return re.sub(r"\s*\n\s*| +", " ", "".join(said)).replace("\u200b", "")


def _shown(operand: pikepdf.Object, current: dict[int, str]) -> str:
    pieces = operand if isinstance(operand, pikepdf.Array) else [operand]
    codes = b"".join(bytes(piece) for piece in pieces if isinstance(piece, pikepdf.String))
    pairs = zip(codes[::2], codes[1::2], strict=True)
    return "".join(current.get(high << 8 | low, "\ufffd") for high, low in pairs)


def _unicode_map(font: pikepdf.Object) -> dict[int, str]:
    cmap = font.ToUnicode.read_bytes().decode("ascii")
    found: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, letters in re.findall(r"<(\w+)>\s*<(\w+)>", block):
            found[int(code, 16)] = bytes.fromhex(letters).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, letters in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            start = bytes.fromhex(letters).decode("utf-16-be")
            for offset in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + offset] = start[:-1] + chr(ord(start[-1]) + offset)
    return found
