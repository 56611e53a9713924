"""A Stripe on a bad day: a real HTTP server that answers every request in one way, or never."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def broken_stripe(status: int | None, answer: bytes | None = None) -> Iterator[str]:
    """The address of a server that answers `status`, in Stripe's error shape unless `answer` is given.

    None never answers.
    """
    finished = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if status is None:
                finished.wait(10)
                return
            kind = "card_error" if status == 402 else "api_error"
            error = {"error": {"type": kind, "message": "A bad day.", "code": "bad_day"}}
            body = json.dumps(error).encode() if answer is None else answer
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST  # noqa: N815

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        finished.set()
        server.shutdown()
        server.server_close()
