"""What the transport over ssh does when a machine, its link or its sshd do not go on: on time, with the right word."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager

import pytest

from lab.host import Host
from lab.image import USER
from lab.network import Lab
from serai.engine.remote.pool import Pool
from serai.hookspec.errors import ConnectionLost, DeadlineExceeded, HostKeyRefused, RootRefused, Unreachable
from serai.hookspec.remote import CompletedCommand, Remote, SshEndpoint

Fault = Callable[[Host], AbstractContextManager[object]]


@pytest.fixture
def host(lab: Lab) -> Host:
    """The host that a fault happens to."""
    return lab.hosts[2]


@pytest.fixture
def notices() -> list[str]:
    """What a pool told."""
    return []


@pytest.fixture
def pool(notices: list[str]) -> Iterator[Pool]:
    """Connections of the test's own, which close on time whatever became of the machines."""
    with Pool(None, notices.append, connect_limit=4.0) as pool:
        yield pool
        began = time.monotonic()
    assert time.monotonic() - began < 5


def endpoint(lab: Lab, host: Host, user: str = "root") -> SshEndpoint:
    """How to get there."""
    return SshEndpoint(
        host.name,
        host.address,
        user=user,
        port=host.port,
        identity_file=lab.identity_file,
        config_file="/dev/null",
        host_keys=(host.host_key,),
    )


def within(seconds: float, act: Callable[[], object]) -> float:
    """Do something that must not take longer; gives how long it took."""
    began = time.monotonic()
    act()
    assert time.monotonic() - began < seconds
    return time.monotonic() - began


@contextmanager
def at_work(remote: Remote) -> Iterator["Future[CompletedCommand]"]:
    """A command that has begun before a fault."""
    with ThreadPoolExecutor(1) as threads:
        remote.run("true")
        running = threads.submit(remote.run, "sleep", "300")
        time.sleep(0.5)
        yield running


@pytest.mark.parametrize(
    ("fault", "limit"),
    [(lambda h: h.link.silent(), 25), (lambda h: h.sshd.killed(), 3)],
    ids=["silent link", "killed sshd"],
)
def test_a_command_that_was_cut_off_is_lost(lab: Lab, host: Host, pool: Pool, fault: Fault, limit: float) -> None:
    """As soon as ssh knows, which is long before the command's own limit."""
    lost = pytest.raises(ConnectionLost, match=f"{host.name}: sleep: the connection was lost")
    with at_work(pool.get(endpoint(lab, host))) as running, fault(host), lost:
        within(limit, running.result)


def test_a_limit_holds_also_over_a_cut_link(lab: Lab, host: Host, pool: Pool) -> None:
    """Nothing is claimed about the command; it ends there by itself, a little after its limit."""
    remote = pool.get(endpoint(lab, host))
    remote.run("true")
    with host.link.silent():
        with pytest.raises(DeadlineExceeded, match="not done within 2 s, and could not be killed"):
            within(6, lambda: remote.run("sleep", "299", timeout=2))
        time.sleep(12)
        assert host.run(["pgrep", "-f", "sleep 299"], check=False).returncode == 1


def test_an_idle_connection_that_was_cut_is_opened_again(lab: Lab, host: Host, pool: Pool, notices: list[str]) -> None:
    """When the link is back, and it is said."""
    remote = pool.get(endpoint(lab, host))
    remote.run("true")
    with host.link.silent():
        time.sleep(22)
    assert remote.run("echo", "on").stdout == "on\n"
    assert notices == [f"the connection to {host.name} was lost and opened again"]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (lambda h: h.link.silent(), "HOST_SILENT"),
        (lambda h: h.frozen(), "HOST_SILENT"),
        (lambda h: h.sshd.mute(), "HOST_SILENT"),
        (lambda h: h.sshd.stopped(), "HOST_UNREACHABLE"),
    ],
    ids=["silent link", "frozen host", "mute sshd", "stopped sshd"],
)
def test_each_way_not_to_be_there_has_its_error(lab: Lab, host: Host, pool: Pool, fault: Fault, code: str) -> None:
    """Within the limit for connecting; afterwards all is well."""
    remote = pool.get(endpoint(lab, host))
    with fault(host), pytest.raises(Unreachable) as caught:
        within(6, lambda: remote.run("true"))
    assert (caught.value.code, caught.value.host) == (code, host.name)
    assert remote.run("true").status == 0


def test_a_frozen_host_ends_with_the_commands_limit(lab: Lab, host: Host, pool: Pool) -> None:
    """Though its kernel still answers, so that ssh itself waits for longer."""
    remote = pool.get(endpoint(lab, host))
    remote.run("true")
    with host.frozen(), pytest.raises(DeadlineExceeded, match="not done within 1 s"):
        within(6, lambda: remote.run("true", timeout=1))


def test_a_slow_link_only_costs_time(lab: Lab, host: Host, pool: Pool) -> None:
    """A command is one round trip more than its own."""
    remote = pool.get(endpoint(lab, host))
    with host.link.slow(0.1):
        remote.run("true")
        assert within(2, lambda: remote.run("true")) > 0.1


def test_a_changed_key_is_refused(lab: Lab, host: Host, pool: Pool) -> None:
    """Both are told."""
    known = endpoint(lab, host)
    with host.sshd.with_another_key() as shown, pytest.raises(HostKeyRefused) as caught:
        pool.get(known).run("true")
    assert caught.value.code == "HOST_KEY_CHANGED"
    assert shown not in known.host_keys


def test_sudo_decides_on_the_host(lab: Lab, host: Host, pool: Pool) -> None:
    """Whether it asks for a password, or does not."""
    remote = pool.get(endpoint(lab, host, USER), root=True)
    with host.sudo.free():
        assert remote.run("id", "-u", root=True).stdout == "0\n"
    with host.sudo.with_password(), pytest.raises(RootRefused, match="password is required"):
        remote.run("true", root=True)
