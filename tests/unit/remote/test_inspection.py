"""Looking at a machine: against what the system itself tells."""

import os
import socket
import time
from pathlib import Path

import pytest
from attrs import evolve

from serai.engine.remote.inspection import inspect, parse
from serai.engine.remote.pool import connect
from serai.hookspec.access import Inquiry
from serai.hookspec.errors import DeadlineExceeded
from serai.hookspec.remote import LocalEndpoint, Remote


def look(remote: Remote, inquiry: Inquiry, **options):
    return inspect(remote, inquiry, timeout=30, **options)


def test_the_facts_are_those_of_the_machine(remote):
    """As they are when they alone are asked for; disks are written to meanwhile."""
    assert evolve(look(remote, Inquiry()).facts, disks=()) == evolve(remote.facts, disks=())


def test_ports_on_which_something_listens_are_taken(shelled):
    """On whatever address, of either family; one that only sends is none."""
    with (
        socket.create_server(("127.0.0.1", 0)) as four,
        socket.create_server(("::1", 0), family=socket.AF_INET6) as six,
    ):
        taken = [four.getsockname()[1], six.getsockname()[1]]
        with socket.create_connection(four.getsockname()) as client:
            used = client.getsockname()[1]
            assert look(shelled, Inquiry(ports=(taken[0], 1, used, taken[1]))).ports_taken == tuple(taken)


def test_names_are_looked_up_as_the_machine_does(shelled):
    """One that it does not know has no address, whatever it looks like."""
    names = ("localhost", "no-such-host.invalid", "two words", "--help", "$(id)")
    assert look(shelled, Inquiry(names=names)).addresses == dict.fromkeys(names, "") | {"localhost": "127.0.0.1"}


def test_files_are_read_where_they_exist(shelled, tmp_path, monkeypatch):
    """With whatever is in their names and in themselves; the home is the login's."""
    monkeypatch.setenv("HOME", str(tmp_path))
    odd = tmp_path / "it's a $(file)\nwith: lines"
    odd.write_text("name=0 10.0.0.1\nfile=0 eA==\n\n'é'")
    (tmp_path / "latin").write_bytes(b"caf\xe9")
    paths = (str(odd), "~/latin", str(tmp_path / "missing"))
    assert look(shelled, Inquiry(files=paths)).files == {str(odd): odd.read_text(), "~/latin": "caf\\xe9"}


def test_what_cannot_be_read_as_a_file_is_there_all_the_same(shelled, tmp_path):
    """A mark that is there and cannot be read must not pass for none; and a pipe must not be waited for."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    paths = (str(tmp_path), str(tmp_path / "pipe"), str(tmp_path / "link"))
    assert look(shelled, Inquiry(files=paths)).files == dict.fromkeys(paths, "")


def test_a_large_file_is_cut(shelled, tmp_path):
    """An answer has a bound."""
    (tmp_path / "large").write_text("x" * 200_000)
    path = str(tmp_path / "large")
    assert len(look(shelled, Inquiry(files=(path,))).files[path]) == 65536


def test_directories_are_where_they_would_be_made(shelled, tmp_path, monkeypatch):
    """At the nearest directory above them that exists; below a file nothing can be made."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "file").touch()
    paths = ("~/a b/c", "~/file/d", "/proc/sys/x", str(tmp_path))
    places = look(shelled, Inquiry(directories=paths)).places
    system = os.statvfs(tmp_path)
    assert [places[path].writable for path in ("~/a b/c", "~/file/d", str(tmp_path))] == [True, False, True]
    assert places["~/a b/c"].disk.path == places[str(tmp_path)].disk.path
    assert places[str(tmp_path)].disk.total_mb == system.f_blocks * system.f_frsize >> 20
    assert places["/proc/sys/x"].disk.path.startswith("/proc")


@pytest.fixture
def lodger(tmp_path):
    """A connection as a login that is not root, on a host whose sudo is as it is written."""

    def make(sudo: str) -> Remote:
        programs = tmp_path / "bin"
        programs.mkdir()
        for name, text in (("id", "echo 1000"), ("sudo", sudo)):
            (programs / name).write_text(f"#!/bin/sh\n{text}\n")
            (programs / name).chmod(0o755)
        env = {"PATH": f"{programs}:{os.environ['PATH']}"}
        return connect(LocalEndpoint("worker-1", str(tmp_path / "prefix"), env))

    return make


@pytest.mark.parametrize(
    ("sudo", "refused"),
    [
        ('shift 2; exec "$@"', ""),
        ("echo lecture >&2; echo 'sudo: a password is required' >&2; exit 1", "sudo: a password is required"),
        ("exit 1", "sudo said nothing"),
    ],
)
def test_root_is_tried_out(lodger, sudo, refused):
    """By what root will be used by, never asking for a password; the last line tells why not."""
    assert look(lodger(sudo), Inquiry(root=True)).root_refused == refused


def test_root_is_not_tried_unasked(lodger, tmp_path):
    """An attempt would be in the machine's log, and in its administrator's mail."""
    assert look(lodger(f"touch {tmp_path}/tried"), Inquiry()).root_refused == ""
    assert not (tmp_path / "tried").exists()


def test_the_clock_is_compared_with_the_engines(remote):
    """Ahead is positive; what the wire takes is in it."""
    assert look(remote, Inquiry()).clock_skew == pytest.approx(0, abs=1)
    assert look(remote, Inquiry(), clock=lambda: time.time() - 120).clock_skew == pytest.approx(120, abs=1)


def test_a_machine_without_a_fine_clock_is_compared_all_the_same():
    """Not every date knows of nanoseconds."""
    assert parse("clock=1000.%N", Inquiry(), now=990).clock_skew == 10


def test_a_name_server_that_is_slow_does_not_add_up(lodger, tmp_path):
    """Names are looked up side by side, and within the limit of one."""
    remote = lodger("true")
    getent = tmp_path / "bin" / "getent"
    getent.write_text("#!/bin/sh\nsleep 0.5\necho '10.0.0.7 STREAM x'\n")
    getent.chmod(0o755)
    names = tuple(f"host-{number}" for number in range(20))
    began = time.monotonic()
    assert look(remote, Inquiry(names=names)).addresses == dict.fromkeys(names, "10.0.0.7")
    assert time.monotonic() - began < 5


@pytest.mark.slow
def test_a_machine_that_does_not_finish_is_left_in_time(lodger):
    """The limit holds for all of it."""
    began = time.monotonic()
    with pytest.raises(DeadlineExceeded):
        inspect(lodger("sleep 60"), Inquiry(root=True), timeout=2)
    assert time.monotonic() - began < 10


def test_nothing_is_changed(remote, tmp_path):
    """Not even the directories of an instance's prefix are filled."""
    look(remote, Inquiry(files=("~/x",), directories=(str(tmp_path / "new"),)))
    assert not (tmp_path / "new").exists()
    assert [path for path in Path(remote.layout.prefix).rglob("*") if path.is_file()] == []
