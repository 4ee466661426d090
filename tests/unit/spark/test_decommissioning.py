"""What counts as proof that a worker is drained: real servers that say what real masters and workers said."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from attrs import define, field

from serai.builtin_plugins.spark.decommissioning import is_drained
from serai.builtin_plugins.spark.master import UnreadableAnswer
from serai.engine.remote.pool import connect
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.remote import LocalEndpoint
from serai.hookspec.services import Service


@define
class Stage:
    """A cluster whose master and first worker are web servers, and whose worker process is a sleep."""

    cluster: Cluster
    answers: dict[str, bytes] = field(factory=dict)

    @property
    def worker(self) -> Instance:
        """The instance that is to be drained."""
        return self.cluster.instances[1]

    def drained(self) -> bool:
        """Whether the plugin takes it for drained."""
        return is_drained(self.cluster, self.worker)

    def stop_worker(self) -> None:
        """End its process."""
        self.worker.remote.services.stop("spark-worker")


def serve(stage: Stage, address: str, at_end: ExitStack) -> int:
    """Serve the answer that is set for an address; the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(stage.answers[address])

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((address, 0), Handler)
    at_end.callback(server.server_close)
    at_end.callback(server.shutdown)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    return int(server.server_address[1])


@pytest.fixture
def stage(cluster: Callable[..., Cluster], tmp_path: Path, captured: Callable[[str], bytes]) -> Iterator[Stage]:
    """The master lists the worker as decommissioned, and its executor still runs."""
    made = Stage(cluster())
    net = f"127.{random.randint(130, 220)}.{random.randint(1, 254)}"
    with ExitStack() as at_end:
        for number, name in ((1, "Master webui port"), (2, "Worker webui port")):
            instance = made.cluster.instances[number - 1]
            instance.internal_ip = f"{net}.{number}"
            made.cluster.cluster_configs["service:Spark"][name] = serve(made, instance.internal_ip, at_end)
            remote = connect(LocalEndpoint(instance.instance_name, str(tmp_path / str(number))))
            at_end.callback(remote.close)
            instance.bind(remote)
        services = made.worker.remote.services
        at_end.callback(services.remove, ["spark-worker"])
        services.start(Service("spark-worker", ("sleep", "60"), ready_timeout=5))
        for number, name in ((1, "master-draining-4.3.0"), (2, "worker-draining-4.3.0")):
            made.answers[f"{net}.{number}"] = captured(name).replace(b"127.0.9", net.encode())
        yield made


def change(stage: Stage, number: int, **fields: object) -> None:
    """Let the master (1) or the worker (2) say something else."""
    address = stage.cluster.instances[number - 1].internal_ip
    stage.answers[address] = json.dumps({**json.loads(stage.answers[address]), **fields}).encode()


def test_a_worker_with_executors_is_not_drained(stage: Stage) -> None:
    """Until the last one has ended."""
    assert not stage.drained()
    change(stage, 2, executors=[])
    assert stage.drained()


def test_a_worker_the_master_may_still_use_is_not_drained(stage: Stage) -> None:
    """However idle it is."""
    change(stage, 2, executors=[])
    address = stage.cluster.instances[0].internal_ip
    stage.answers[address] = stage.answers[address].replace(b'"DECOMMISSIONED"', b'"ALIVE"')
    change(stage, 1, aliveworkers=2)
    assert not stage.drained()


def test_a_worker_with_a_driver_is_not_drained(stage: Stage) -> None:
    """Nobody would take it over."""
    change(stage, 2, executors=[], id="worker-1")
    change(stage, 1, activedrivers=[{"worker": "worker-1"}])
    assert not stage.drained()
    change(stage, 1, activedrivers=[{"worker": "worker-2"}])
    assert stage.drained()


@pytest.mark.parametrize("number", [1, 2])
def test_what_cannot_be_read_is_no_proof(stage: Stage, number: int) -> None:
    """Neither from the master nor from the worker."""
    change(stage, 2, executors=[])
    stage.answers[stage.cluster.instances[number - 1].internal_ip] = b'{"executors": []}'
    with pytest.raises(UnreadableAnswer):
        stage.drained()


def test_a_worker_that_ended_is_drained_once_the_master_noticed(stage: Stage) -> None:
    """Before, the master may still count on it."""
    stage.stop_worker()
    assert not stage.drained()
    address = stage.cluster.instances[0].internal_ip
    stage.answers[address] = stage.answers[address].replace(b'"DECOMMISSIONED"', b'"DEAD"')
    assert stage.drained()
