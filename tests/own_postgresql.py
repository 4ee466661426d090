"""A PostgreSQL server of a test's own: in a directory of its own, on a free port of the loopback, ended for sure."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

ACCOUNT = "postgres" if os.geteuid() == 0 else None
"""It refuses to run as root."""

START_SECONDS = 60.0


def programs() -> Path | None:
    """Where PostgreSQL's programs are: on the PATH, or where Debian has them; None when it is not installed."""
    if (found := shutil.which("initdb")) and shutil.which("postgres"):
        return Path(found).resolve().parent
    debian = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(debian, key=lambda path: float(path.parent.name), default=None)


def require() -> None:
    """Skip what needs PostgreSQL where there is none."""
    if programs() is None:
        pytest.skip("PostgreSQL is not installed (Debian and Ubuntu: apt-get install postgresql)")


class Server:
    """A server that can be killed and started again with the same data.

    Args:
        directory: of its own; the server's account owns it.
    """

    def __init__(self, directory: Path) -> None:
        found = programs()
        assert found is not None
        self._programs = found
        self._directory = directory
        self._data = directory / "data"
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        initdb = [str(found / "initdb"), "--pgdata", str(self._data), "--username", "serai", "--auth", "trust"]
        subprocess.run([*initdb, "--no-sync"], check=True, capture_output=True, cwd=directory, user=ACCOUNT, timeout=60)

    def start(self) -> None:
        """Start it, and wait until it answers; what a killed one left may take a moment to go."""
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process is None or self._process.poll() is not None:
                self._process = self._launch()
            if time.monotonic() > deadline:
                pytest.fail(f"PostgreSQL did not start: {(self._directory / 'log').read_text()[-2000:]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """End it as a power failure would: with no warning to anybody. Its other processes see that, and end."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(30)

    def stop(self) -> None:
        """End it, its connections too."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(30)

    def new_database(self) -> str:
        """A database with nothing in it: its URL."""
        import psycopg

        name = f"store_{uuid4().hex}"
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql+psycopg://serai@127.0.0.1:{self.port}/{name}"

    def _launch(self) -> "subprocess.Popen[bytes]":
        options = ["-D", str(self._data), "-p", str(self.port), "-h", "127.0.0.1", "-k", str(self._directory)]
        with (self._directory / "log").open("ab") as log:
            return subprocess.Popen(
                [str(self._programs / "postgres"), *options, "-c", "fsync=off"],
                stdout=log,
                stderr=log,
                cwd=self._directory,
                user=ACCOUNT,
            )

    def _address(self, database: str) -> str:
        return f"host=127.0.0.1 port={self.port} user=serai dbname={database} connect_timeout=5"

    def _answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(self._address("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def running() -> Iterator[Server]:
    """A server that runs, and nothing of which is left afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="serai-postgresql-"))
    try:
        if ACCOUNT is not None:
            shutil.chown(directory, ACCOUNT)
        server = Server(directory)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(directory, ignore_errors=True)
