"""One HTTP request within one limit of time, past any proxy, over whatever connects."""

import http.client
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from threading import Event, Timer
from urllib.parse import urlsplit

from serai.engine.remote.transport import HttpAnswer, HttpRequest
from serai.hookspec.errors import DeadlineExceeded, RemoteError

Dial = Callable[[str, int, float], AbstractContextManager[socket.socket]]
"""Connects to a host and port within some seconds; the socket lasts as long as the context."""


def direct(host: str, port: int, timeout: float) -> socket.socket:
    """Connect from this process."""
    return socket.create_connection((host, port), timeout)


def ask(request: HttpRequest, *, host: str, timeout: float, dial: Dial = direct) -> HttpAnswer:
    """Send a request and read the whole answer. Redirects are not followed.

    Args:
        request: what to ask.
        host: for whom, in errors.
        timeout: seconds for everything together.
        dial: makes the connection.

    Raises:
        ValueError: the URL is not one of http or https.
        RemoteError: no connection, or something that is not HTTP.
        DeadlineExceeded: the limit passed.
    """
    connection, target = _connection(request.url)
    overdue = DeadlineExceeded(f"{request.url}: no answer within {timeout:g} s", host=host)
    deadline = time.monotonic() + timeout
    try:
        with (
            dial(connection.host, connection.port, timeout) as raw,
            _secured(raw, connection) as connected,
            _cut_off(connected, deadline - time.monotonic()) as expired,
        ):
            if isinstance(connected, ssl.SSLSocket):
                connected.do_handshake()
            answer = _exchange(connection, target, request)
    except (OSError, http.client.HTTPException) as error:
        if isinstance(error, TimeoutError) or time.monotonic() >= deadline:
            raise overdue from error
        reason = str(error) or type(error).__name__
        raise RemoteError(f"{request.url}: {reason}", host=host, code="NO_CONNECTION") from error
    if expired.is_set():
        raise overdue
    return answer


def _exchange(connection: http.client.HTTPConnection, target: str, request: HttpRequest) -> HttpAnswer:
    connection.request(request.method, target, body=request.data, headers=dict(request.headers))
    response = connection.getresponse()
    return HttpAnswer(response.status, response.reason, response.read())


@contextmanager
def _cut_off(connected: socket.socket, seconds: float) -> Iterator[Event]:
    """Cut the connection when the time is up: a socket's own timeout starts anew with every byte."""
    expired = Event()

    def expire() -> None:
        expired.set()
        with suppress(OSError):
            # That of the plain socket: the other one would take TLS away from who is using it.
            socket.socket.shutdown(connected, socket.SHUT_RDWR)

    watchdog = Timer(max(0.0, seconds), expire)
    watchdog.daemon = True
    watchdog.start()
    try:
        yield expired
    finally:
        watchdog.cancel()


@contextmanager
def _secured(raw: socket.socket, connection: http.client.HTTPConnection) -> Iterator[socket.socket]:
    """Give the connection its socket: for https one that is yet to shake hands, so that a limit can be set to that."""
    if isinstance(connection, http.client.HTTPSConnection):
        context = ssl.create_default_context()
        raw = context.wrap_socket(raw, server_hostname=connection.host, do_handshake_on_connect=False)
    connection.sock = raw
    try:
        yield raw
    finally:
        connection.close()


def _connection(url: str) -> tuple[http.client.HTTPConnection, str]:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"not an http or https URL: {url}")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.hostname, parts.port), target
