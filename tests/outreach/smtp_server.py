"""A mail server of our own, over real sockets: it accepts, refuses, breaks or falls silent as told."""

import email
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage


class MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Conversation)
        self.accepted: list[tuple[str, EmailMessage]] = []
        self.connections = 0
        self.refuse_recipients: set[str] = set()
        self.silent_after_data = False  # take the letter's bytes, and never answer
        self.hang_up_after_data = False  # take the letter, and drop the line before saying so
        self.collapse_after_data = False  # take the letter, and die of it: nobody listens any more
        self.over = threading.Event()
        self.data_begun = threading.Event()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def letters(self) -> list[EmailMessage]:
        return [message for _recipient, message in self.accepted]

    @property
    def recipients(self) -> list[str]:
        return [recipient for recipient, _message in self.accepted]

    def stop(self) -> None:
        self.shutdown()
        self.server_close()


class _Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.server.connections += 1
        self.recipient = ""
        self._say("220 ready")
        while line := self.rfile.readline():
            verb, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
            match verb.upper():
                case "EHLO" | "HELO":
                    self._say("250 ready")
                case "RCPT":
                    self._recipient(rest.partition("<")[2].partition(">")[0])
                case "DATA":
                    self._say("354 go on")
                    if not self._data():
                        return
                case "QUIT":
                    self._say("221 goodbye")
                    return
                case _:
                    self._say("250 fine")

    def _recipient(self, address: str) -> None:
        if address in self.server.refuse_recipients:
            self._say("550 no such person")
        else:
            self.recipient = address
            self._say("250 fine")

    def _data(self) -> bool:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        self.server.data_begun.set()
        if self.server.silent_after_data:
            self.server.over.wait(60)
            return False
        message = email.message_from_bytes(b"".join(lines), policy=policy.default)
        self.server.accepted.append((self.recipient, message))
        if self.server.collapse_after_data:
            self.server.stop()
        if self.server.hang_up_after_data or self.server.collapse_after_data:
            return False
        self._say("250 taken")
        return True

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


@contextmanager
def running(port: int = 0) -> Iterator[MailServer]:
    server = MailServer(port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.stop()
