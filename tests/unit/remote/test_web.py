import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from serai.hookspec.errors import DeadlineExceeded, RemoteError
from serai.hookspec.remote import Remote


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/missing":
            self.send_error(404, "Nothing here", "no such page")
        elif self.path == "/drip":
            self.send_response(200)
            self.end_headers()
            for _ in range(100):
                self.wfile.write(b".")
                self.wfile.flush()
                time.sleep(0.05)
        else:
            self.answer(f"{self.path} {self.headers.get('X-Asked')}".encode())

    def do_POST(self) -> None:
        self.answer(self.rfile.read(int(self.headers["Content-Length"]))[::-1])

    def do_PUT(self) -> None:
        self.answer(b"put " + self.rfile.read(int(self.headers["Content-Length"])))

    def do_DELETE(self) -> None:
        self.answer(b"deleted")

    def answer(self, body: bytes) -> None:
        self.send_response(201)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Be quiet."""

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            return


@pytest.fixture
def url() -> Iterator[str]:
    yield from _serving("http", lambda server: server)


def _serving(scheme: str, wrapped: Callable[[socket.socket], socket.socket]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = wrapped(server.socket)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"{scheme}://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_get_gives_the_body(remote: Remote, url: str) -> None:
    """Path, query and headers arrive; any status of 2xx is success."""
    assert remote.http(f"{url}/a?b=c", headers={"X-Asked": "yes"}) == b"/a?b=c yes"


def test_data_makes_it_a_post(remote: Remote, url: str) -> None:
    """Also when it is empty."""
    assert [remote.http(url, data=b"abc"), remote.http(url, data=b"")] == [b"cba", b""]


def test_any_method_may_be_asked_for(remote: Remote, url: str) -> None:
    """With a body or without."""
    assert remote.http(url, data=b"abc", method="PUT") == b"put abc"
    assert remote.http(url, method="DELETE") == b"deleted"


def test_another_status_is_an_error_with_the_answer(remote: Remote, url: str) -> None:
    """The body often tells why."""
    with pytest.raises(RemoteError, match=r"worker-1: .*/missing: 404 Nothing here") as caught:
        remote.http(f"{url}/missing")
    assert caught.value.code == "HTTP_STATUS"
    assert "no such page" in caught.value.details["body"]


def test_a_proxy_is_never_asked(remote: Remote, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own services are not behind one."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert remote.http(url) == b"/ None"


def test_no_connection_is_an_error(remote: Remote, address: str) -> None:
    """It names the URL and the reason."""
    with pytest.raises(RemoteError, match=rf"worker-1: http://{address}:1/: .*refused") as caught:
        remote.http(f"http://{address}:1/")
    assert caught.value.code == "NO_CONNECTION"


def test_an_answer_in_drips_ends_with_the_deadline(remote: Remote, url: str) -> None:
    """The limit is for everything together, not for each byte."""
    began = time.monotonic()
    with pytest.raises(DeadlineExceeded, match=r"no answer within 0\.3 s"):
        remote.http(f"{url}/drip", timeout=0.3)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("bad", ["file:///etc/passwd", "ftp://host/", "http://", "nonsense"])
def test_only_http_is_asked(remote: Remote, bad: str) -> None:
    """Anything else is a mistake of the caller's."""
    with pytest.raises(ValueError, match="not an http or https URL"):
        remote.http(bad)


@pytest.fixture
def secure_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server whose certificate this process believes."""
    own = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=it"]
    files = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run(["openssl", "req", *own, *files], check=True, capture_output=True, cwd=tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    yield from _serving("https", lambda server: context.wrap_socket(server, server_side=True))


def test_https_is_asked_like_http(remote: Remote, secure_url: str) -> None:
    """Its certificate is checked against the name in the URL, whatever the way there."""
    assert remote.http(f"{secure_url}/a", data=b"abc") == b"cba"
    with pytest.raises(RemoteError, match="CERTIFICATE_VERIFY_FAILED") as caught:
        remote.http(secure_url.replace("127.0.0.1", "localhost"))
    assert caught.value.code == "NO_CONNECTION"


def test_a_server_that_shakes_no_hands_ends_with_the_limit(remote: Remote) -> None:
    """It accepts, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        began = time.monotonic()
        with pytest.raises(DeadlineExceeded):
            remote.http(f"https://127.0.0.1:{listener.getsockname()[1]}/", timeout=0.5)
        assert time.monotonic() - began < 3
