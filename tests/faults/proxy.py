"""A bad network: passes requests on to the server, each with the mishap that a test has asked for."""

import socket
import threading
import time
from collections.abc import Callable

PORTAL = b"<html><body>Wi-Fi: please sign in</body></html>"


def page(status: str, *headers: str) -> bytes:
    """What somebody answers who is not the server."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: text/html", f"Content-Length: {len(PORTAL)}", "Connection: close"]
    return "\r\n".join([*lines, *headers]).encode() + b"\r\n\r\n" + PORTAL


class Proxy:
    """Listens on a port of its own. `mishap` treats one exchange: it gets the request and a way to pass it on, and
    gives the bytes that come back (none at all for a connection that breaks)."""

    def __init__(self, server: int) -> None:
        self.server = server
        self.mishap: Callable[[bytes, Callable[[bytes], bytes]], bytes] | None = None
        self.calm: tuple[str, ...] = ("GET /sync/visits", "GET /sync/inspections")
        self.late: list[threading.Thread] = []
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.door.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        self.door.close()

    def pass_on(self, request: bytes) -> bytes:
        """The whole reply of the server; b"" where it does not answer."""
        try:
            with socket.create_connection(("127.0.0.1", self.server), timeout=60) as call:
                call.sendall(request)
                return _read_reply(call)
        except OSError:
            return b""

    def _listen(self) -> None:
        while True:
            try:
                call, _ = self.door.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(call,), daemon=True).start()

    def _serve(self, call: socket.socket) -> None:
        try:
            with call:
                call.settimeout(60)
                request = _read_message(call, b"Host: 127.0.0.1:%d" % self.server)
                mishap = self.mishap
                calm = mishap is None or request.startswith(tuple(word.encode() for word in self.calm))
                reply = self.pass_on(request) if calm else mishap(request, self.pass_on)
                if reply:
                    call.sendall(reply)
        except OSError:
            return


def _read_message(call: socket.socket, host: bytes) -> bytes:
    """A request with its body, as if the server itself had been asked; the connection is said to end after it."""
    came = b""
    while b"\r\n\r\n" not in came:
        piece = call.recv(65536)
        if not piece:
            raise OSError("gone")
        came += piece
    head, _, body = came.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith((b"connection:", b"host:"))]
    length = next((int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += call.recv(65536)
    return b"\r\n".join([*lines, host, b"Connection: close"]) + b"\r\n\r\n" + body


def _read_reply(call: socket.socket) -> bytes:
    came = b""
    while piece := call.recv(65536):
        came += piece
    return came


# Mishaps: each takes the request and the way to the server, and gives what comes back


def portal(status: str, *headers: str) -> Callable[..., bytes]:
    """Somebody else answers; the server never hears of it."""
    return lambda _request, _pass_on: page(status, *headers)


def cut_reply(share: float) -> Callable[..., bytes]:
    """The server does it, and only the first part of its answer comes back."""

    def mishap(request: bytes, pass_on: Callable[[bytes], bytes]) -> bytes:
        reply = pass_on(request)
        return reply[: int(len(reply) * share)]

    return mishap


def lost_reply(request: bytes, pass_on: Callable[[bytes], bytes]) -> bytes:
    pass_on(request)
    return b""


def lost_request(_request: bytes, _pass_on: Callable[[bytes], bytes]) -> bytes:
    return b""


def late_reply(seconds: float) -> Callable[..., bytes]:
    """The server does it; the answer comes when nobody waits for it any more."""

    def mishap(request: bytes, pass_on: Callable[[bytes], bytes]) -> bytes:
        reply = pass_on(request)
        time.sleep(seconds)
        return reply

    return mishap


def replayed(request: bytes, pass_on: Callable[[bytes], bytes]) -> bytes:
    """The request arrives twice."""
    pass_on(request)
    return pass_on(request)


class Reordered:
    """The first request is held back and arrives after all that follow it."""

    def __init__(self) -> None:
        self.held: bytes | None = None

    def __call__(self, request: bytes, pass_on: Callable[[bytes], bytes]) -> bytes:
        if self.held is None:
            self.held = request
            return b""
        return pass_on(request)

    def deliver(self, proxy: Proxy) -> None:
        if self.held:
            proxy.pass_on(self.held)


class Weak:
    """56 kbit/s, and three of ten exchanges break: before the server, or after it."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, request: bytes, pass_on: Callable[[bytes], bytes]) -> bytes:
        self.count += 1
        time.sleep(min(0.5, len(request) / 7000))
        if self.count % 10 in {1, 5}:
            return b""
        reply = pass_on(request)
        return b"" if self.count % 10 == 3 else reply
