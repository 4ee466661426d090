"""Spark clusters to look at: on paper, and with web servers that say what real masters and workers said."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from attrs import define, field

from serai.builtin_plugins.spark.settings import CONFIGS, TARGET
from serai.engine.remote.pool import connect
from serai.hookspec.facts import Facts
from serai.hookspec.objects import Cluster, Instance, NodeGroup
from serai.hookspec.remote import LocalEndpoint
from serai.hookspec.services import Service

CAPTURED = Path(__file__).with_name("captured")


@pytest.fixture
def machine() -> Facts:
    """A machine of 8 processors and 16000 MiB that all node groups share."""
    return Facts(machine_id="m", cpus=8, memory_mb=16000)


@pytest.fixture
def cluster(machine: Facts) -> Callable[..., Cluster]:
    """Makes a cluster of ``name=(processes, count)`` groups; config values for all of it as ``configs``."""

    def make(configs: dict[str, object] | None = None, **groups: tuple[list[str], int]) -> Cluster:
        shape = groups or {"master": (["master"], 1), "workers": (["worker"], 2)}
        made = Cluster(
            "demo",
            "spark",
            "4.3.0",
            [NodeGroup(name, count, processes, facts=machine) for name, (processes, count) in shape.items()],
            cluster_configs={TARGET: configs or {}},
        )
        for index, group in enumerate(made.node_groups, start=1):
            for number in range(1, group.count + 1):
                address = f"10.0.{index}.{number}"
                group.add_instance(Instance(address, f"demo-{group.name}-{number}", address, address))
        made.bind_configs(CONFIGS)
        return made

    return make


@pytest.fixture
def captured() -> Callable[[str], bytes]:
    """What a real master or worker said."""
    return lambda name: (CAPTURED / f"{name}.json").read_bytes()


@define
class Stage:
    """A cluster whose master and first worker are web servers, and whose worker process is a sleep."""

    cluster: Cluster
    answers: dict[str, bytes] = field(factory=dict)

    @property
    def worker(self) -> Instance:
        """The instance that is to be drained."""
        return self.cluster.instances[1]

    def change(self, number: int, **fields: object) -> None:
        """Let the master (1) or the worker (2) say something else."""
        address = self.cluster.instances[number - 1].internal_ip
        self.answers[address] = json.dumps({**json.loads(self.answers[address]), **fields}).encode()

    def say(self, state: str) -> None:
        """Let the master call the worker something else."""
        address = self.cluster.instances[0].internal_ip
        workers = json.loads(self.answers[address])["workers"]
        for worker in workers:
            worker["state"] = state if worker["host"] == self.worker.internal_ip else worker["state"]
        self.change(1, workers=workers, aliveworkers=sum(worker["state"] == "ALIVE" for worker in workers))

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
        made.cluster.instances[2].internal_ip = f"{net}.3"
        services = made.worker.remote.services
        at_end.callback(services.remove, ["spark-worker"])
        services.start(Service("spark-worker", ("sleep", "60"), ready_timeout=5))
        for number, name in ((1, "master-draining-4.3.0"), (2, "worker-draining-4.3.0")):
            made.answers[f"{net}.{number}"] = captured(name).replace(b"127.0.9", net.encode())
        port = made.cluster.cluster_configs["service:Spark"]["Worker webui port"]
        made.answers[f"{net}.1"] = made.answers[f"{net}.1"].replace(b":8081", b":%d" % port)
        yield made
