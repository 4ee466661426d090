from pathlib import Path

import pytest

from serai.engine.remote.pool import Pool, connect
from serai.hookspec.cluster import Instance
from serai.hookspec.errors import RemoteError, RootRefused, SeraiError, Unsupported
from serai.hookspec.remote import DirectEndpoint, LocalEndpoint, SshEndpoint


def test_an_instance_is_connected_while_the_pool_is_open(tmp_path: Path) -> None:
    """Afterwards it has no connection, and the one it had is closed."""
    instance = Instance("i-1", "worker-1")
    with Pool() as pool:
        pool.bind(instance, LocalEndpoint("worker-1", str(tmp_path / "prefix")))
        remote = instance.remote
        assert remote.run("echo", "hello").stdout == "hello\n"
    with pytest.raises(SeraiError, match="no connection to worker-1"):
        instance.remote  # noqa: B018
    with pytest.raises(RemoteError, match="closed"):
        remote.run("true")


def test_one_endpoint_has_one_connection(tmp_path: Path) -> None:
    """However often it is asked for."""
    with Pool() as pool:
        endpoints = [LocalEndpoint("worker-1", str(tmp_path), {"A": "1"}) for _ in range(2)]
        assert pool.get(endpoints[0]) is pool.get(endpoints[1])
        assert pool.get(endpoints[0]) is not pool.get(LocalEndpoint("worker-1", str(tmp_path), {"A": "2"}))


def test_an_unknown_kind_of_endpoint_is_unsupported() -> None:
    """Rather than a guess."""
    with Pool() as pool, pytest.raises(Unsupported, match="no transport for a str"):
        pool.get("elsewhere")  # type: ignore[arg-type]


def test_a_connection_of_the_providers_own_is_used_as_it_is(tmp_path: Path) -> None:
    """And not closed with the pool."""
    own = connect(LocalEndpoint("worker-1", str(tmp_path / "prefix")))
    with Pool() as pool:
        assert pool.get(DirectEndpoint("worker-1", own)) is own
        assert pool.host_keys(DirectEndpoint("worker-1", own)) == ()
    own.run("true")
    own.close()


def test_root_is_for_those_who_declared_it(tmp_path: Path) -> None:
    """Others are refused before anything runs."""
    with Pool() as pool:
        remote = pool.get(LocalEndpoint("worker-1", str(tmp_path / "prefix")))
        with pytest.raises(RootRefused, match="worker-1: root is refused: no plugin") as caught:
            remote.run("id", "-u", root=True)
        assert caught.value.code == "ROOT_NOT_DECLARED"
        assert not (tmp_path / "prefix").exists()


def test_a_machine_that_is_only_looked_at_gets_no_directories() -> None:
    """Its endpoint has no prefix: commands run in the root directory."""
    with Pool() as pool:
        assert pool.get(LocalEndpoint("worker-1", "")).run("pwd").stdout == "/\n"


def test_a_closed_pool_opens_nothing() -> None:
    """Lest a connection be left that nobody closes."""
    pool = Pool()
    pool.close()
    with pytest.raises(RemoteError, match="worker-1: the connection was closed"):
        pool.get(SshEndpoint("worker-1", "127.0.0.1"))
