"""Downloads from servers that misbehave: each is an ArtifactError, and in time."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from serai.engine.artifact_sources.tarball import download
from serai.hookspec.errors import ArtifactError

HEAD = b"HTTP/1.1 200 OK\r\n"


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that reads one request, and says whatever the test wants."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                answer(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/archive"
        finally:
            thread.join(timeout=10)
            assert not thread.is_alive()


def refused(url: str, tmp_path: Path, timeout: float = 5.0) -> ArtifactError:
    with pytest.raises(ArtifactError) as caught:
        download(url, tmp_path / "archive", "0" * 64, timeout)
    return caught.value


def test_the_limit_holds_for_a_server_that_trickles(tmp_path: Path) -> None:
    """Silence never lasts long enough to be noticed, and a block is never full."""
    over = threading.Event()

    def trickle(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"Content-Length: 1000000\r\n\r\n")
        try:
            while not over.wait(0.05):
                connection.sendall(b".")
        except OSError:  # the other side hung up, as it should
            return

    with answering(trickle) as url:
        begun = time.monotonic()
        watch = threading.Timer(5.0, over.set)
        watch.start()
        try:
            error = refused(url, tmp_path, timeout=0.5)
        finally:
            over.set()
            watch.cancel()
        assert "not done within 0.5 s" in error.message
        assert time.monotonic() - begun < 3.0


@pytest.mark.parametrize(
    "answer",
    [
        b"\x00\x01 no HTTP at all\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n400\r\nshort",
        HEAD + b"Content-Length: 100\r\n\r\nshort",
        b"",
    ],
)
def test_what_is_no_whole_answer_is_told_as_an_error_of_the_artifact(answer: bytes, tmp_path: Path) -> None:
    """With what to do next, whatever http.client calls it."""
    with answering(lambda connection: connection.sendall(answer)) as url:
        error = refused(url, tmp_path)
    assert error.message.startswith(url)
    assert error.hint


def test_a_url_with_a_port_that_is_none_is_an_error_of_the_artifact(tmp_path: Path) -> None:
    """It passes for a URL until it is opened."""
    error = refused("http://127.0.0.1:8o80/archive", tmp_path)
    assert "8o80" in error.message
    assert error.hint
