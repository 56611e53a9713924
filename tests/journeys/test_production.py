"""The site as production starts it: gunicorn, DEBUG off, hashed files, headers, cookies, our error pages."""

import re
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import brotli
import pytest
import requests

from tests import kept
from tests.giving import form_data
from tests.journeys.waiting import eventually
from tests.project import commands
from tests.running import free_port, gunicorn

pytestmark = [
    pytest.mark.slow,
    pytest.mark.embedded,
]  # with an SQLite file of its own, whatever the suite runs on

_PAGES = [("/en/hematology/", "en"), ("/fr/hematologie/", "fr"), ("/en/hematology/give/", "en")]


# One process for what a deployment does in three.
_PREPARE = """
from django.core.management import call_command
for name in ("migrate", "load_content", "load_tax_rules"):
    call_command(name, verbosity=0)
"""


class Visitor:
    """Comes through a proxy that ends TLS, as in production; keeps no cookie."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.headers = {"Host": "give.example.org", "X-Forwarded-Proto": "https"}

    def get(self, path: str, headers: dict[str, str] | None = None) -> requests.Response:
        headers = self.headers | (headers or {})
        return requests.get(self.address + path, headers=headers, allow_redirects=False, timeout=20)

    def follow(self, path: str) -> requests.Response:
        """The answer, or that of the page with a language to which it sends."""
        answer = self.get(path)
        return self.get(answer.headers["Location"]) if answer.status_code == 302 else answer


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a deployment that is migrated, filled and has its files collected."""
    folder = tmp_path_factory.mktemp("production")
    shutil.copyfile(kept.migrated(), folder / "db.sqlite3")  # migrating it again finds nothing to do
    shutil.copytree(kept.collected(), folder / "static")
    environment = commands.production() | {
        "VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        "REDIS_URL": "",
    }
    done = commands.manage("shell", "--no-imports", "--command", _PREPARE, env=environment)
    assert done.returncode == 0, done.stderr
    return environment


@pytest.fixture(scope="module")
def visitor(deployed: dict[str, str]) -> Iterator[Visitor]:
    with served(deployed) as (visitor, log):
        yield visitor
    assert "Internal Server Error" not in log.read_text(), log.read_text()


@contextmanager
def served(environment: dict[str, str]) -> Iterator[tuple[Visitor, Path]]:
    """A visitor of a site with this environment, and the site's log."""
    port = free_port()
    log = Path(environment["VAR_DIR"]) / f"gunicorn-{port}.log"
    with gunicorn("campaign.wsgi", port, commands.bare() | environment, log):
        yield Visitor(f"http://127.0.0.1:{port}"), log


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


def test_files_travel_compressed_and_the_common_sheets_as_one(visitor: Visitor) -> None:
    page = visitor.get("/en/hematology/").text
    files = set(re.findall(r'(?:href|src)="(/static/[^"#?]+\.(?:css|js|svg))', page))
    packed = {path: visitor.get(path, {"Accept-Encoding": "gzip, br"}) for path in files}
    plain = {path: visitor.get(path, {"Accept-Encoding": "identity"}) for path in files}
    sheet = next(plain[path].text for path in files if "/site." in path)

    for path in files:
        assert packed[path].headers["Content-Encoding"] == "br", path
        assert packed[path].headers["Vary"] == "Accept-Encoding"
        assert "Content-Encoding" not in plain[path].headers
        assert packed[path].content == plain[path].content
    assert "@import" not in sheet
    for name in ("tokens", "base", "layout", "components"):
        assert re.search(rf"^@layer {name} {{", sheet, re.MULTILINE), name


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


@pytest.mark.parametrize("accepted", ["identity", "gzip", "br"])
def test_asking_for_the_heading_alone_sends_nothing_else(visitor: Visitor, accepted: str) -> None:
    """Seen on the wire: a body after a heading would be read as the next answer."""
    parts = urlsplit(visitor.address)
    lines = [*(f"{name}: {value}" for name, value in visitor.headers.items()), f"Accept-Encoding: {accepted}"]
    request = "\r\n".join(["HEAD /en/hematology/ HTTP/1.1", *lines, "Connection: close", "", ""])
    with closing(socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10)) as caller:
        caller.sendall(request.encode())
        answer = b"".join(iter(lambda: caller.recv(65_536), b""))
    whole = visitor.get("/en/hematology/", {"Accept-Encoding": accepted})

    head, _, body = answer.decode("latin-1").partition("\r\n\r\n")
    assert body == ""
    for name in ("Content-Length", "ETag", "Cache-Control", "Vary"):
        assert f"{name}: {whole.headers[name]}" in head


def test_the_forms_cookies_are_for_https_and_no_script(visitor: Visitor) -> None:
    answer = visitor.get("/en/hematology/give/")

    cookies = answer.raw.headers.getlist("Set-Cookie")
    assert any(cookie.startswith("__Host-csrftoken=") for cookie in cookies)
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


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ("Transfer-Encoding: chunked", b"5\r\nhello\r\n0\r\n\r\n", 400),
        ("Transfer-Encoding: chunked", b"200000\r\n" + b"x" * 0x200000 + b"\r\n0\r\n\r\n", 400),
        ("Content-Length: 5000000", b"x" * 100_000, 413),
        ("Content-Length: 500000", b"x", 400),
        ("Content-Length: 3", b"x" * 1000, 400),
        ("Content-Length: abc", b"x", 400),
        ("Content-Length: -1", b"x", 400),
        ("Content-Length: 1\r\nContent-Length: 2", b"xx", 400),
        ("Content-Length: 5\r\nTransfer-Encoding: chunked", b"0\r\n\r\n", 400),
        ("X-Nothing: of the length", b"", 400),
    ],
    ids=range(10),
)
def test_the_webhooks_door_stands_whatever_a_request_says_of_its_length(
    visitor: Visitor, headers: str, body: bytes, status: int
) -> None:
    """Written byte for byte, and hung up on: no library would send it.

    What is refused before it was read to its end is hung up on: the answer of a body that fills the
    line may be lost on its way, as TCP loses it, and then the silence itself is the refusal.
    """
    host = f"Host: give.example.org\r\nX-Forwarded-Proto: https\r\nStripe-Signature: t=1,v1=x\r\n{headers}"
    request = f"POST /stripe/webhook/ HTTP/1.1\r\n{host}\r\n\r\n".encode() + body
    parts = urlsplit(visitor.address)

    with closing(socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10)) as caller:
        with suppress(OSError):  # it may have answered and hung up already
            caller.sendall(request)
            caller.shutdown(socket.SHUT_WR)
        try:
            answer = caller.recv(1000)
        except ConnectionResetError:
            answer = b""

    assert answer.startswith(f"HTTP/1.1 {status} ".encode()) or (not answer and len(body) > 1_000_000), answer
    assert visitor.get("/healthz").ok


class Reports(ThreadingHTTPServer):
    """A Sentry server of our own: it keeps what it is sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Report)
        self.kept: list[str] = []


class _Report(BaseHTTPRequestHandler):
    server: Reports

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["Content-Encoding"] == "br":
            body = brotli.decompress(body)
        self.server.kept.append(body.decode())
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def reports() -> Iterator[Reports]:
    with Reports() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server
        server.shutdown()


def test_without_its_database_the_site_says_so_in_the_visitors_language_and_reports_no_donor(
    deployed: dict[str, str], reports: Reports
) -> None:
    broken = {
        "DATABASE_URL": "postgres://nobody:nothing@127.0.0.1:1/nothing",
        "SENTRY_DSN": f"http://key@127.0.0.1:{reports.server_port}/1",
    }
    donor = form_data(first_name="Philomène", email="philomene@example.org", city="Sainte-Retenue")

    with served(deployed | broken) as (visitor, log):
        answers = {path: visitor.get(path) for path in ("/en/hematology/", "/fr/hematologie/give/")}
        url = f"{visitor.address}/fr/hematologie/give/?cancelled=x"
        cookies = visitor.headers | {"Cookie": "__Host-sessionid=philomenephilomenephilomenephil"}
        sent = requests.post(url, donor, headers=cookies, allow_redirects=False, timeout=20)
        visitor.get("/fr/unsubscribe/lesecretquepersonnedautrenedoitconnaitre/")
        ready = visitor.get("/readyz")
        assert eventually(lambda: any("fr/unsubscribe" in report for report in reports.kept))
        assert eventually(lambda: any("OperationalError" in report for report in reports.kept))
    answers["/fr/hematologie/give/?cancelled=x"] = sent

    for path, answer in answers.items():
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30"), path
        assert f'<html lang="{path[1:3]}"' in answer.text
        styles = re.findall(r'href="(/static/[^"]+\.[0-9a-f]{12}\.css)"', answer.text)
        assert styles
    assert "Quelque chose s’est cassé chez nous" in sent.text
    assert ready.status_code == 503
    assert ready.json()["database"] != "ok"
    assert not any("secretque" in report for report in reports.kept)
    for told in (*reports.kept, log.read_text()):
        assert not re.search("philom|retenue|camille|exemple", told, re.IGNORECASE)
