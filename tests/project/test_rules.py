"""What we agreed on, kept by a machine."""

import ast
import re
from pathlib import Path

import pytest

from tests.project import commands
from tests.project.tree import ROOT, files, texts

_SOURCES = ("campaign", "donations", "outreach", "programs", "sandbox")


def test_imports_keep_their_contracts() -> None:
    result = commands.run(commands.BIN / "lint-imports", "--no-cache")

    assert result.returncode == 0, result.stdout


def test_migrations_are_complete(tmp_path: Path) -> None:
    result = commands.manage("makemigrations", "--check", "--dry-run", env={"VAR_DIR": str(tmp_path)})

    assert result.returncode == 0, result.stdout + result.stderr


def test_templates_are_formatted() -> None:
    templates = list(files(".html"))

    result = commands.run(commands.BIN / "djade", "--check", "--target-version", "5.2", *templates)

    assert templates
    assert result.returncode == 0, result.stdout + result.stderr


def test_requirements_are_pinned_exactly() -> None:
    pin = re.compile(r"[A-Za-z0-9._-]+(\[[a-z,_-]+\])?==[0-9][0-9A-Za-z.]*$")
    loose = []
    for name, text in texts("requirements.txt", "requirements-dev.txt"):
        for line in text.splitlines():
            wanted = line.split("#")[0].strip()
            if wanted and wanted != "-r requirements.txt" and not pin.match(wanted):
                loose.append(f"{name}: {wanted}")

    assert loose == []


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    somewhere = re.compile(r"(?<![\w.])/(?:work|home/\w+|root|Users/\w+)/\w")

    assert [name for name, text in texts() if somewhere.search(text)] == []


def test_no_file_holds_a_key() -> None:
    key = re.compile(
        r"\b[sr]k_(?:live|test)_[A-Za-z0-9]{20,}|\bwhsec_[A-Za-z0-9+/]{24,}|BEGIN [A-Z ]*PRIVATE KEY"
    )

    assert [name for name, text in texts() if key.search(text)] == []


def test_no_signals_between_our_own_modules() -> None:
    """Who is called can be read where the call is made."""
    signal = re.compile(r"\bdjango\.(?:db\.models|core|test)\.signals\b|\bSignal\(")

    assert [name for name, text in texts(".py") if name.startswith(_SOURCES) and signal.search(text)] == []


def test_no_import_hides_in_a_function() -> None:
    """An import inside a function is how a cycle begins."""
    hidden = []
    for name, text in texts(".py"):
        if name.startswith(_SOURCES):
            for function in ast.walk(ast.parse(text)):
                if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                    inside = [n for n in ast.walk(function) if isinstance(n, ast.Import | ast.ImportFrom)]
                    hidden += [f"{name}:{line.lineno}" for line in inside]

    assert hidden == []


def test_modules_stay_small() -> None:
    long = {
        name: lines
        for name, text in texts(".py")
        if name.startswith(_SOURCES) and "/migrations/" not in name and (lines := text.count("\n")) > 330
    }

    assert long == {}


def test_every_setting_from_the_environment_is_documented() -> None:
    read = re.compile(r'(?:env\.\w+|required|whole_number|environ\.get)\(\s*"([A-Z_]+)"')
    sources = [text for name, text in texts(".py") if name.startswith("campaign/")]
    wanted = {setting for text in sources for setting in read.findall(text)}
    documented = set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs/operations.md").read_text(), re.MULTILINE))

    assert {"DEBUG", "SECRET_KEY", "DATABASE_URL", "PORT"} <= wanted
    assert wanted == documented


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "docs/operations.md"])
def test_documents_name_commands_that_exist(document: str) -> None:
    text = (ROOT / document).read_text()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    told = set(
        re.findall(r"\bmake ([a-z][a-z-]*)\b", "\n".join(re.findall(r"`[^`]+`|^    .*$", text, re.MULTILINE)))
    )

    assert told
    assert told - targets == set()


def test_makefile_keeps_the_promised_commands() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert {"run", "test", "check", "bench", "services-test", "browser-test"} <= targets


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "docs/operations.md"])
def test_documents_link_to_files_that_exist(document: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (ROOT / document).read_text())

    assert [link for link in links if not ((ROOT / document).parent / link).exists()] == []


def test_decisions_are_numbered_once_and_found_where_they_are_named() -> None:
    records = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [int(name[:4]) for name in records]
    named = {
        name
        for path in files(".txt", ".md", ".py", ".toml")
        for name in re.findall(r"decisions/(\d{4}-[a-z0-9-]+\.md)", path.read_text())
    }

    assert numbers == list(range(1, len(records) + 1))
    assert named - set(records) == set()
