"""The project's own files, as a newcomer gets them: without environment, data and caches."""

import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
_NOT_OURS = {".git", ".venv", "var", "__pycache__", "htmlcov", "node_modules"}


def files(*endings: str) -> Iterator[Path]:
    """Every file with one of these endings, or every file."""
    for folder, inner, names in os.walk(ROOT):
        inner[:] = [name for name in inner if name not in _NOT_OURS and not name.endswith("_cache")]
        inner[:] = [name for name in inner if name != ".hypothesis"]
        for name in sorted(set(names) - _NOT_OURS):  # in a worktree, .git is a file
            if not endings or name.endswith(endings):
                yield Path(folder) / name


def texts(*endings: str) -> Iterator[tuple[str, str]]:
    """Name and text of every text file with one of these endings."""
    for path in files(*endings):
        try:
            yield str(path.relative_to(ROOT)), path.read_text()
        except UnicodeDecodeError:
            continue
