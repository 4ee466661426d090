import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from serai.engine.remote.pool import connect
from serai.hookspec.errors import CommandFailed, RemoteError
from serai.hookspec.remote import LocalEndpoint, Remote
from serai.hookspec.secrets import Secret


def test_a_command_gives_its_streams_and_its_status(remote: Remote) -> None:
    """stdout, stderr, status and argv are what the program made of them."""
    done = remote.run("sh", "-c", "echo out; echo err >&2; exit 3", check=False)
    assert (done.stdout, done.stderr, done.status) == ("out\n", "err\n", 3)
    assert done.argv == ("sh", "-c", "echo out; echo err >&2; exit 3")


def test_a_failure_names_program_status_and_last_line(remote: Remote) -> None:
    """The message is enough to know what happened; details have the rest."""
    with pytest.raises(CommandFailed, match=r"worker-1: sh: status 3: too bad$") as caught:
        remote.run("sh", "-c", "echo some; echo first >&2; echo too bad >&2; exit 3")
    assert caught.value.host == "worker-1"
    assert caught.value.details == {
        "argv": ["sh", "-c", "echo some; echo first >&2; echo too bad >&2; exit 3"],
        "status": 3,
        "stdout": ["some"],
        "stderr": ["first", "too bad"],
    }


def test_a_missing_program_is_a_failure_with_a_hint(remote: Remote) -> None:
    """Status 127, as a shell would say, and what to do about it."""
    with pytest.raises(CommandFailed, match="no-such-program: status 127") as caught:
        remote.run("no-such-program", "x")
    assert caught.value.hint == "install no-such-program on the machine, or put its directory on the PATH"


def test_a_path_that_may_not_be_searched_hides_nothing(remote: Remote, tmp_path: Path) -> None:
    """The program is missing all the same."""
    (tmp_path / "closed").touch()
    path = f"{tmp_path}/closed:/usr/bin:/bin"
    assert remote.run("no-such-program", env={"PATH": path}, check=False).status == 127


def test_a_file_that_is_no_program_is_a_failure(remote: Remote, tmp_path: Path) -> None:
    """Status 126, as a shell would say."""
    plain = tmp_path / "plain"
    plain.write_text("no program")
    assert remote.run(str(plain), check=False).status == 126


def test_a_signal_is_a_status_above_128(remote: Remote) -> None:
    """128 + n for signal n."""
    assert remote.script("kill -9 $$", check=False).status == 137


def test_an_unchecked_command_fails_quietly(remote: Remote) -> None:
    """With check=False a status is just a result, also that of a missing program."""
    assert remote.run("false", check=False).status == 1
    assert remote.run("no-such-program", check=False).status == 127


def test_a_secret_is_no_argument(remote: Remote) -> None:
    """A Secret in argv is a TypeError that does not tell it."""
    with pytest.raises(TypeError, match="use stdin") as caught:
        remote.run("echo", Secret("hush"))  # type: ignore[arg-type]
    assert "hush" not in str(caught.value)


def test_a_secret_is_no_environment(remote: Remote) -> None:
    """Neither is it a value of the environment, which others can read too."""
    with pytest.raises(TypeError, match="PASSWORD"):
        remote.run("env", env={"PASSWORD": Secret("hush")})  # type: ignore[dict-item]


def test_a_secret_goes_through_stdin(remote: Remote) -> None:
    """stdin takes a Secret and hands it over in clear."""
    assert remote.run("cat", stdin=Secret("hush")).stdout == "hush"


def test_stdin_is_empty_unless_given(remote: Remote) -> None:
    """A program that reads does not wait for the engine's own input."""
    assert remote.run("cat").stdout == ""


def test_stdin_takes_bytes_of_any_size(remote: Remote) -> None:
    """More than a pipe holds, with output as large."""
    data = os.urandom(1 << 20).hex()
    assert remote.run("cat", stdin=data).stdout == data


@pytest.mark.parametrize("argv", [(), ("",), ("echo", "a\0b")])
def test_what_cannot_be_a_command_is_a_value_error(remote: Remote, argv: tuple[str, ...]) -> None:
    """No program, or a NUL."""
    with pytest.raises(ValueError, match=r"NUL|no program"):
        remote.run(*argv)


@pytest.mark.parametrize("name", ["", "A=B", "-u"])
def test_what_cannot_be_a_variable_is_a_value_error(remote: Remote, name: str) -> None:
    """Names of the environment are checked before they mean something else."""
    with pytest.raises(ValueError, match="environment"):
        remote.run("true", env={name: "x"})


def test_undecodable_output_is_shown_as_escapes(remote: Remote) -> None:
    """Nothing is lost, nothing raises."""
    assert remote.run("printf", r"a\377b").stdout == "a\\xffb"


def test_the_working_directory_is_the_prefix(remote: Remote) -> None:
    """Unless another one is given."""
    assert remote.run("pwd").stdout.strip() == remote.layout.prefix
    assert remote.run("pwd", cwd="/").stdout.strip() == "/"


def test_a_missing_working_directory_is_named(remote: Remote) -> None:
    """The error is about the directory, not the program."""
    with pytest.raises(CommandFailed, match="/no/such/place: No such file or directory"):
        remote.run("true", cwd="/no/such/place")


def test_the_environment_is_added_to_the_hosts(remote: Remote) -> None:
    """A call's own variables beside PATH and the like."""
    assert remote.script('echo "$GREETING ${PATH:+there}"', env={"GREETING": "hello"}).stdout == "hello there\n"


def test_programs_are_found_on_the_path_of_the_call(remote: Remote, tmp_path: Path) -> None:
    """PATH of env is the one that counts."""
    program = tmp_path / "own-program"
    program.write_text("#!/bin/sh\necho mine\n")
    program.chmod(0o755)
    assert remote.run("own-program", env={"PATH": str(tmp_path)}).stdout == "mine\n"


def test_script_arguments_are_positional(remote: Remote) -> None:
    """They arrive as $1, $2, whatever they hold."""
    assert remote.script('printf "%s|" "$1" "$2"', "a b", "$HOME;'\"").stdout == "a b|$HOME;'\"|"


def test_a_daemon_left_behind_does_not_delay_the_return(remote: Remote) -> None:
    """It keeps the streams open, and nobody waits for them."""
    done = remote.script("setsid sleep 30 & echo $!", timeout=10)
    os.kill(int(done.stdout), 9)
    assert done.seconds < 5


def test_commands_of_many_threads_do_not_mix(remote: Remote) -> None:
    """Each has its own environment, directory and streams."""

    def echo(number: int) -> str:
        return remote.script('echo "$NUMBER $1"', str(number), env={"NUMBER": str(number)}).stdout

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(echo, range(24))) == [f"{number} {number}\n" for number in range(24)]


def test_the_first_command_makes_the_layout(remote: Remote) -> None:
    """Prefix, dist, conf, data, log and run are there when they are first needed."""
    assert remote.run("ls").stdout.split() == ["conf", "data", "dist", "log", "run"]


def test_a_removed_machine_does_not_come_back(remote: Remote) -> None:
    """Only the first command makes directories."""
    remote.run("true")
    remote.run("rm", "-rf", remote.layout.prefix, cwd="/")
    assert remote.run("true", check=False).status == 127
    assert not Path(remote.layout.prefix).exists()


def test_a_prefix_that_cannot_be_made_is_an_error_of_the_machine() -> None:
    """Not a bare OSError."""
    with pytest.raises(RemoteError, match=r"worker-1: .*Not a directory"):
        connect(LocalEndpoint("worker-1", "/dev/null/prefix")).run("true")


def test_too_long_an_argument_is_an_error(remote: Remote) -> None:
    """The kernel takes 128 KiB; the error says so."""
    with pytest.raises(RemoteError, match=r"/bin/echo: (status 126: .*: Argument list|its arguments are) too long"):
        remote.run("/bin/echo", "x" * 200_000)


def test_a_closed_connection_says_so(tmp_path: Path, remote: Remote) -> None:
    """It is not silently opened again."""
    other = connect(LocalEndpoint("worker-2", str(tmp_path / "other")))
    other.close()
    with pytest.raises(RemoteError, match="worker-2: the connection was closed"):
        other.run("true")


def test_plumbum_stays_in_reach(remote: Remote) -> None:
    """The machine underneath is plumbum's."""
    assert remote.machine["echo"]("hello") == "hello\n"


def test_plumbums_own_environment_is_left_alone(remote: Remote) -> None:
    """What a call sets is gone with it: plumbum's env and cwd belong to the whole process."""
    before = (str(remote.machine.cwd), remote.machine.env.getdict())
    remote.run("true", env={"ONLY_HERE": "1"}, cwd="/")
    assert (str(remote.machine.cwd), remote.machine.env.getdict()) == before
