"""Which engine acts for an operation."""

import os
import subprocess
import sys

from serai.engine.operations.owner import is_gone, new_engine


def test_an_engine_of_this_process_is_there():
    """A process sees itself."""
    assert not is_gone(new_engine())


def test_engines_of_one_process_have_names_of_their_own():
    """Many live in one process, and each holds operations of its own."""
    assert new_engine() != new_engine()


def test_an_engine_whose_process_ended_is_gone():
    """Its pid and start time are not there any more."""
    code = "from serai.engine.operations.owner import new_engine; print(new_engine())"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert is_gone(ended)


def test_a_process_that_only_waits_to_be_reaped_is_gone():
    """It was killed, and whoever started it does not care."""
    code = "from serai.engine.operations.owner import new_engine; print(new_engine(), flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], text=True, stdin=-1, stdout=-1) as process:
        engine = process.stdout.readline().strip()
        assert not is_gone(engine)
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert is_gone(engine)


def test_a_reused_pid_is_another_process():
    """The same pid with another start time is not the engine."""
    host, pid, start, view, number = new_engine().split(":")
    assert is_gone(f"{host}:{pid}:{int(start) - 1}:{view}:{number}")


def test_what_cannot_be_seen_from_here_may_live():
    """Another boot or another pid namespace: the pid means nothing here, though the host has the same name."""
    host, _, start, view, number = new_engine().split(":")
    boot, _, namespace = view.partition("-")
    for elsewhere in (f"00000000-{namespace}", f"{boot}-1"):
        assert not is_gone(f"{host}:999999999:{start}:{elsewhere}:{number}")


def test_the_host_may_have_been_renamed():
    """Its name says nothing about what is seen."""
    _, _, start, view, number = new_engine().split(":")
    assert is_gone(f"formerly:999999999:{start}:{view}:{number}")


def test_other_names_tell_nothing():
    """Those that earlier versions gave, and none at all."""
    assert not any(is_gone(name) for name in ("", "host:1:2", "somebody"))
