"""A small, cheap HTTP client that keeps its connections, so that the server is what is measured."""

import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Rate:
    """Requests answered a second, and the size of one answer in bytes."""

    per_second: float
    size: int


def measure(
    port: int, path: str, *, seconds: float, connections: int = 4, headers: Sequence[str] = ()
) -> Rate:
    """Ask for `path` over and over on a few kept connections. Raises when any answer is not 200."""
    request = "\r\n".join([f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *headers, "", ""]).encode()
    counts, sizes, errors = [0] * connections, [0] * connections, list[str]()
    until = time.perf_counter() + seconds

    def ask(number: int) -> None:
        with socket.create_connection(("127.0.0.1", port), 10) as link:
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while time.perf_counter() < until:
                link.sendall(request)
                head, size = _answer(link)
                if not head.startswith(b"HTTP/1.1 200"):
                    errors.append(head[:200].decode("latin-1"))
                    return
                counts[number] += 1
                sizes[number] = size

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(connections)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise RuntimeError(f"{path}: {errors[0]}")
    return Rate(sum(counts) / (time.perf_counter() - began), sizes[0])


def _answer(link: socket.socket) -> tuple[bytes, int]:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _some(link)
    head, _, body = data.partition(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    length = int(fields[b"content-length"])
    got = len(body)
    while got < length:
        got += len(_some(link))
    return head, length


def _some(link: socket.socket) -> bytes:
    chunk = link.recv(262_144)
    if not chunk:
        raise ConnectionError("the server closed the connection")
    return chunk
