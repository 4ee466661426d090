"""What is special about commands over ssh; all else is tested over each transport alike."""

import os
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from unit.remote.own_sshd import OwnSshd, as_root, own

from serai.engine.remote.pool import Pool
from serai.hookspec.errors import RemoteError, Unreachable
from serai.hookspec.remote import Remote

over_one_connection = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)


@pytest.fixture(params=["dash", "bash"])
def remote(request: pytest.FixtureRequest, own_sshd: OwnSshd, connections: Pool) -> Remote:
    """A connection to this machine, with each kind of login shell; it is only looked at."""
    if not as_root():
        pytest.skip("only root can give logins a shell")
    return connections.get(own_sshd.endpoint(login=request.param))


@pytest.fixture
def pool() -> Iterator[Pool]:
    """Connections of the test's own."""
    with Pool() as pool:
        yield pool


@over_one_connection
@given(st.lists(words, max_size=5))
def test_arguments_arrive_as_they_are(remote: Remote, arguments: list[str]) -> None:
    """Whatever a shell would make of them."""
    done = remote.run("sh", "-c", 'for word; do printf "%s\\0" "$word"; done', "sh", *arguments)
    assert done.stdout.split("\0")[:-1] == arguments


@over_one_connection
@given(st.dictionaries(st.from_regex(r"[A-Za-z_][A-Za-z0-9_.]{0,9}", fullmatch=True).map("X".__add__), words))
def test_variables_arrive_as_they_are(remote: Remote, env: dict[str, str]) -> None:
    """Also those whose names no shell would take."""
    done = remote.run("env", "-0", env=env)
    found = dict(entry.split("=", 1) for entry in done.stdout.split("\0")[:-1])
    assert {name: found.get(name) for name in env} == env


def test_names_that_are_no_text_arrive(remote: Remote, tmp_path: Path) -> None:
    """A file's name is bytes; so is a directory's."""
    directory = tmp_path / os.fsdecode(b"caf\xe9 'x'\n")
    directory.mkdir()
    assert remote.run("stat", "-c", "%F", str(directory)).stdout == "directory\n"
    assert remote.run("stat", "-c", "%F", ".", cwd=str(directory)).stdout == "directory\n"


def test_a_program_may_have_any_name(remote: Remote, tmp_path: Path) -> None:
    """Also one that could be taken for a variable or an option."""
    for name in ("a=b", "-c", "a b"):
        program = tmp_path / name
        program.write_text('#!/bin/sh\necho "$GREETING $1"\n')
        program.chmod(0o755)
        path = f"{tmp_path}:{os.environ['PATH']}"
        assert remote.run(name, "you", env={"GREETING": "hello", "PATH": path}).stdout == "hello you\n"
        assert remote.run(str(program), "you").stdout == " you\n"


def test_much_on_both_streams_at_once(remote: Remote) -> None:
    """Neither waits for the other."""
    size = 3_000_000
    done = remote.script(f"head -c {size} /dev/zero & head -c {size} /dev/zero >&2; wait")
    assert (len(done.stdout), len(done.stderr)) == (size, size)


@pytest.mark.parametrize("status", [1, 124, 137, 255])
def test_a_commands_own_status_is_not_mistaken(remote: Remote, status: int) -> None:
    """ssh and timeout use them too."""
    assert remote.run("sh", "-c", f"exit {status}", check=False).status == status


def test_a_command_that_closes_its_streams_has_a_status(remote: Remote) -> None:
    """It is not lost."""
    assert remote.script("exec >&- 2>&-; sleep 0.1; exit 3", check=False).status == 3


def test_stdin_that_nobody_reads_does_no_harm(remote: Remote) -> None:
    """The command ends when it ends."""
    assert remote.run("true", stdin=b"x" * 5_000_000).seconds < 5


def test_what_a_login_shell_says_is_not_the_commands(own_sshd: OwnSshd, pool: Pool) -> None:
    """bash reads ~/.bashrc under sshd, and it may say something."""
    if not as_root():
        pytest.skip("only root can make logins")
    done = pool.get(own_sshd.endpoint(login="noisy")).run("sh", "-c", "echo out; echo err >&2")
    assert (done.stdout, done.stderr) == ("out\n", "err\n")


@pytest.mark.slow
def test_a_login_shell_that_talks_without_end_is_given_up() -> None:
    """Within the limit for connecting: what it says is no answer."""
    with own(config="ForceCommand yes welcome") as sshd, Pool(connect_limit=1.5) as pool:
        began = time.monotonic()
        with pytest.raises(Unreachable, match=r"did not answer within .* s: .*come") as caught:
            pool.get(sshd.endpoint()).run("true")
    assert caught.value.code == "HOST_SILENT"
    assert time.monotonic() - began < 5


def test_many_threads_open_one_connection(own_sshd: OwnSshd, pool: Pool) -> None:
    """However many want it first; and more commands than sshd takes at a time wait for their turn."""
    before = set(own_sshd.sessions())
    with ThreadPoolExecutor(24) as threads:
        remotes = [pool.get(own_sshd.endpoint(host=f"worker-{number}")) for number in range(24)]
        done = list(threads.map(lambda remote: remote.run("sh", "-c", "sleep 0.1; echo $PPID").stdout, remotes))
    assert len(set(own_sshd.sessions()) - before) == 1
    assert len(done) == 24


def test_an_sshd_that_takes_few_sessions_is_waited_for(pool: Pool) -> None:
    """Commands take turns; it needs room for one beside the one that holds the connection."""
    with own(config="MaxSessions 3") as sshd, ThreadPoolExecutor(6) as threads:
        remote = pool.get(sshd.endpoint())
        assert list(threads.map(lambda number: remote.run("echo", str(number)).stdout, range(12))) == [
            f"{number}\n" for number in range(12)
        ]


def test_an_sshd_that_takes_no_session_more_is_an_error(pool: Pool) -> None:
    """It says what to change there."""
    with own(config="MaxSessions 1") as sshd, pytest.raises(RemoteError, match="takes no session") as caught:
        pool.get(sshd.endpoint()).run("true")
    assert (caught.value.code, caught.value.host) == ("SESSIONS_REFUSED", "worker-1")
    assert "MaxSessions" in caught.value.hint


def test_too_long_a_command_says_the_way_out(remote: Remote) -> None:
    """Before anything is sent."""
    with pytest.raises(RemoteError, match="/bin/echo: its arguments are too long") as caught:
        remote.run("/bin/echo", "'" * 40_000)
    assert caught.value.code == "COMMAND_TOO_LONG"
    assert "put" in caught.value.hint
    assert remote.run("sh", "-c", "echo ${#1}", "sh", "x" * 120_000).stdout == "120000\n"


def test_plumbums_machine_shares_the_connection(remote: Remote, own_sshd: OwnSshd, tmp_path: Path) -> None:
    """And its programs, files and directories work."""
    remote.run("true")
    before = own_sshd.sessions()
    assert remote.machine["echo"]("hello") == "hello\n"
    (tmp_path / "a").write_text("x")
    remote.machine.upload(str(tmp_path / "a"), str(tmp_path / "b"))
    assert (tmp_path / "b").read_text() == "x"
    assert own_sshd.sessions() == before


@pytest.mark.slow
def test_nothing_is_in_the_process_list_that_came_by_stdin(remote: Remote) -> None:
    """Neither here nor on the host."""
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(remote.run, "sh", "-c", "sleep 1; wc -c", stdin="canary-5eed")
        time.sleep(0.5)
        listed = subprocess.run(["ps", "axww", "-o", "args", "-e"], capture_output=True, text=True, check=True).stdout
        assert running.result().stdout == "11\n"
    assert "canary-5eed" not in listed
