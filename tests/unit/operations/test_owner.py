"""Which process runs an operation."""

import os
import platform
import subprocess
import sys

from serai.engine.operations.owner import may_be_alive, this_process


def test_this_process_is_alive():
    """A process sees itself."""
    assert may_be_alive(this_process())


def test_a_process_that_ended_is_not():
    """Its pid and start time are gone."""
    code = "from serai.engine.operations.owner import this_process; print(this_process())"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert not may_be_alive(ended)


def test_a_process_that_only_waits_to_be_reaped_is_not():
    """It was killed, and whoever started it does not care."""
    code = "from serai.engine.operations.owner import this_process; print(this_process(), flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], text=True, stdin=-1, stdout=-1) as process:
        owner = process.stdout.readline().strip()
        assert may_be_alive(owner)
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert not may_be_alive(owner)


def test_a_reused_pid_is_another_process():
    """The same pid with another start time is not the owner."""
    host, pid, start = this_process().split(":")
    assert not may_be_alive(f"{host}:{pid}:{int(start) - 1}")


def test_a_process_of_another_host_counts_as_alive():
    """What cannot be seen is not taken from its owner."""
    assert may_be_alive(f"not-{platform.node()}:1:1")


def test_nobody_is_not_alive():
    """An operation without an owner is free."""
    assert not may_be_alive("")
