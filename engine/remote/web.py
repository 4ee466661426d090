"""One HTTP request from this process, within one limit of time, past any proxy."""

import http.client
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Timer
from urllib.parse import urlsplit

from serai.engine.remote.transport import HttpAnswer, HttpRequest
from serai.hookspec.errors import DeadlineExceeded, RemoteError


def ask(request: HttpRequest, *, host: str, timeout: float) -> HttpAnswer:
    """Send a request and read the whole answer. Redirects are not followed.

    Args:
        request: what to ask.
        host: for whom, in errors.
        timeout: seconds for everything together.

    Raises:
        ValueError: the URL is not one of http or https.
        RemoteError: no connection, or something that is not HTTP.
        DeadlineExceeded: the limit passed.
    """
    connection, target = _connection(request.url, timeout)
    overdue = DeadlineExceeded(f"{request.url}: no answer within {timeout:g} s", host=host)
    deadline = time.monotonic() + timeout
    try:
        connection.connect()
        with _cut_off(connection.sock, deadline - time.monotonic()) as expired:
            answer = _exchange(connection, target, request)
    except (OSError, http.client.HTTPException) as error:
        if isinstance(error, TimeoutError) or time.monotonic() >= deadline:
            raise overdue from error
        reason = str(error) or type(error).__name__
        raise RemoteError(f"{request.url}: {reason}", host=host, code="NO_CONNECTION") from error
    finally:
        connection.close()
    if expired.is_set():
        raise overdue
    return answer


def _exchange(connection: http.client.HTTPConnection, target: str, request: HttpRequest) -> HttpAnswer:
    method = "GET" if request.data is None else "POST"
    connection.request(method, target, body=request.data, headers=dict(request.headers))
    response = connection.getresponse()
    return HttpAnswer(response.status, response.reason, response.read())


@contextmanager
def _cut_off(connected: socket.socket, seconds: float) -> Iterator[Event]:
    """Cut the connection when the time is up: a socket's own timeout starts anew with every byte."""
    expired = Event()

    def expire() -> None:
        expired.set()
        with suppress(OSError):
            connected.shutdown(socket.SHUT_RDWR)

    watchdog = Timer(max(0.0, seconds), expire)
    watchdog.daemon = True
    watchdog.start()
    try:
        yield expired
    finally:
        watchdog.cancel()


def _connection(url: str, timeout: float) -> tuple[http.client.HTTPConnection, str]:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"not an http or https URL: {url}")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(parts.hostname, parts.port, timeout=timeout, context=context), target
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout), target
