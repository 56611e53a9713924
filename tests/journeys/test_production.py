"""The site as production starts it: gunicorn, DEBUG off, hashed files, headers, cookies, our own 404."""

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
import requests

from tests.journeys.waiting import eventually
from tests.processes import ROOT
from tests.project import commands
from tests.running import free_port

pytestmark = pytest.mark.slow

_PAGES = [("/en/hematology/", "en"), ("/fr/hematologie/", "fr"), ("/en/hematology/give/", "en")]


# One process for what a deployment does in four. The admin's editor is half of what there is to compress.
_PREPARE = """
from django.core.management import call_command
for name in ("migrate", "load_content", "load_tax_rules"):
    call_command(name, verbosity=0)
call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=["django_prose_editor"])
"""


class Visitor:
    """Comes through a proxy that ends TLS, as in production; keeps no cookie."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.headers = {"Host": "give.example.org", "X-Forwarded-Proto": "https"}

    def get(self, path: str) -> requests.Response:
        return requests.get(self.address + path, headers=self.headers, allow_redirects=False, timeout=20)

    def follow(self, path: str) -> requests.Response:
        """The answer, or that of the page with a language to which it sends."""
        answer = self.get(path)
        return self.get(answer.headers["Location"]) if answer.status_code == 302 else answer


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    folder = tmp_path_factory.mktemp("production")
    environment = commands.production() | {
        "VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        "REDIS_URL": "",
    }
    done = commands.manage("shell", "--no-imports", "--command", _PREPARE, env=environment)
    assert done.returncode == 0, done.stderr
    address, log = f"http://127.0.0.1:{free_port()}", folder / "gunicorn.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *[sys.executable, "-m", "gunicorn", "campaign.wsgi", "--no-control-socket"],
                *["--bind", address.removeprefix("http://"), "--worker-class", "gthread", "--threads", "4"],
            ],
            cwd=ROOT,
            env=commands.bare() | environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        assert eventually(lambda: _is_up(address)), log.read_text()
        yield Visitor(address)
    finally:
        process.terminate()
        process.wait(timeout=30)
    assert "Internal Server Error" not in log.read_text(), log.read_text()


def _is_up(address: str) -> bool:
    try:
        return Visitor(address).get("/healthz").ok
    except requests.ConnectionError:
        return False


def test_pages_answer_in_their_language_with_files_that_may_be_kept_for_ever(visitor: Visitor) -> None:
    files: set[str] = set()
    for path, language in _PAGES:
        page = visitor.get(path)
        assert page.status_code == 200, path
        assert f'<html lang="{language}"' in page.text
        files |= set(re.findall(r'(?:href|src)="(/static/[^"#?]+)', page.text))
    answers = {path: visitor.get(path) for path in sorted(files)}

    assert any(path.endswith(".css") for path in files)
    assert any(path.endswith(".js") for path in files)
    for path, answer in answers.items():
        assert re.search(r"\.[0-9a-f]{12}\.\w+$", path), path
        assert answer.status_code == 200, path
        assert "max-age=315360000" in answer.headers["Cache-Control"], path
        assert "immutable" in answer.headers["Cache-Control"], path


@pytest.mark.parametrize(
    ("path", "language"), [("/fr/nothing/", "fr"), ("/en/nothing/", "en"), ("/nothing/", "en")]
)
def test_what_is_not_there_is_our_page_in_the_visitors_language(
    visitor: Visitor, path: str, language: str
) -> None:
    answer = visitor.follow(path)

    assert answer.status_code == 404
    assert f'<html lang="{language}"' in answer.text
    assert f'href="/{language}/"' in answer.text
    assert re.search(r'href="/static/[^"]+\.[0-9a-f]{12}\.css"', answer.text)


@pytest.mark.parametrize("path", ["/en/hematology/", "/fr/hematologie/", "/en/hematology/give/", "/fr/rien/"])
def test_every_page_carries_the_headers_that_keep_it_safe(visitor: Visitor, path: str) -> None:
    headers = visitor.get(path).headers

    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_the_forms_cookies_are_for_https_and_no_script(visitor: Visitor) -> None:
    answer = visitor.get("/en/hematology/give/")

    cookies = answer.raw.headers.getlist("Set-Cookie")
    assert any(cookie.startswith("csrftoken=") for cookie in cookies)
    for cookie in cookies:
        assert {"secure", "httponly", "samesite=lax"} <= {part.strip().lower() for part in cookie.split(";")}
    assert not visitor.get("/en/hematology/").cookies


def test_without_https_a_visitor_is_sent_there(visitor: Visitor) -> None:
    plain = requests.get(
        f"{visitor.address}/en/hematology/",
        headers={"Host": "give.example.org"},
        allow_redirects=False,
        timeout=20,
    )

    assert plain.status_code == 301
    assert plain.headers["Location"] == "https://give.example.org/en/hematology/"


def test_another_host_and_the_sandbox_are_nowhere(visitor: Visitor) -> None:
    stranger = Visitor(visitor.address)
    stranger.headers = stranger.headers | {"Host": "elsewhere.example.org"}

    assert stranger.get("/en/hematology/").status_code == 400
    for path in ("/sandbox/", "/sandbox/mail/", "/sandbox/v1/charges"):
        assert visitor.follow(path).status_code == 404


def test_nothing_of_the_folder_is_served(visitor: Visitor) -> None:
    for path in (
        "/db.sqlite3",
        "/static/..%2fdb.sqlite3",
        "/private/",
        "/static/%2e%2e/%2e%2e/db.sqlite3",
        "/mail/",
    ):
        assert visitor.follow(path).status_code == 404, path
