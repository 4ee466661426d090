"""A Spark cluster on this machine, driven through the plugin's hooks alone."""

import logging
import random
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from attrs import define, field

from serai.builtin_plugins.spark.plugin import SPARK
from serai.builtin_plugins.spark.settings import CONFIGS, TARGET
from serai.engine.artifacts import ArtifactCache, default_root
from serai.engine.remote.pool import connect
from serai.hookspec.artifacts import Artifact
from serai.hookspec.edp import JobEngine, JobExecution, JobSpec, JobStatus, JobType
from serai.hookspec.errors import DeadlineExceeded, HostsFailed, RemoteError
from serai.hookspec.facts import Facts
from serai.hookspec.health import HealthColor
from serai.hookspec.objects import Cluster, Instance, NodeGroup
from serai.hookspec.remote import LocalEndpoint

T = TypeVar("T")

SMALL_JVM = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"
QUICK = f"spark.executor.extraJavaOptions {SMALL_JVM}\nspark.driver.extraJavaOptions {SMALL_JVM}"
"""Short jobs on few processors are over before an optimising compiler pays."""


@define
class ThreadRun:
    """An operation reduced to what hooks need of it: threads, waiting, artifacts."""

    deliver: Callable[[Instance, Artifact], str]
    cancelled: bool = False
    steps: dict[str, float] = field(factory=dict)
    log: logging.Logger = field(factory=lambda: logging.getLogger(__name__))

    def check(self) -> None:
        """Nobody cancels here."""

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.steps[title] = round(time.monotonic() - began, 2)

    def each(
        self, instances: Sequence[Instance], function: Callable[[Instance], T], *, step: str, timeout: float = 900.0
    ) -> list[T]:
        with self.step(step), ThreadPoolExecutor(8) as threads:
            futures = {each.instance_name: threads.submit(function, each) for each in instances}
        failures = {name: failure for name, future in futures.items() if (failure := future.exception())}
        if failures:
            raise HostsFailed(step, failures)
        return [future.result() for future in futures.values()]

    def wait_until(self, probe: Callable[[], T | None], *, what: str, timeout: float, interval: float = 0.1) -> T:
        limit = time.monotonic() + timeout
        while True:
            try:
                if answer := probe():
                    return answer
            except RemoteError:
                pass  # not yet
            if time.monotonic() > limit:
                raise DeadlineExceeded(f"{what}: not within {timeout} s")
            time.sleep(interval)

    def artifact(self, instance: Instance, artifact: Artifact) -> str:
        return self.deliver(instance, artifact)


@define
class Bed:
    """A cluster, and the operations on it as the engine would call the hooks."""

    cluster: Cluster
    run: ThreadRun
    prefix: Path
    subnet: str
    connections: ExitStack
    jobs: int = 0

    def add(self, group: str, count: int) -> list[Instance]:
        """Make instances of a group, connected."""
        node_group = self.cluster.node_group(group)
        made = [self._instance(node_group) for _ in range(count)]
        node_group.count = len(node_group.instances)
        return made

    def _instance(self, group: NodeGroup) -> Instance:
        number = sum(1 for _ in self.prefix.iterdir()) + 1
        name, address = f"demo-{group.name}-{number}", f"{self.subnet}.{number}"
        home = self.prefix / name
        home.mkdir()
        instance = group.add_instance(Instance(name, name, address, address, fqdn=name, client_token=name))
        remote = connect(LocalEndpoint(name, str(home)))
        self.connections.callback(remote.close)
        instance.bind(remote)
        return instance

    def up(self, workers: int) -> None:
        """Create the cluster."""
        self.add("master", 1)
        self.add("workers", workers)
        SPARK.configure_cluster(self.cluster, self.run)
        SPARK.start_cluster(self.cluster, self.run)

    def scale_up(self, count: int) -> None:
        """Add workers."""
        SPARK.scale_cluster(self.cluster, self.add("workers", count), self.run)

    def scale_down(self, instance: Instance) -> None:
        """Drain a worker, and let its machine go."""
        SPARK.decommission_nodes(self.cluster, [instance], self.run)
        group = instance.node_group
        group.remove_instance(instance)
        group.count -= 1

    def down(self) -> None:
        """End the cluster; nothing runs afterwards."""
        SPARK.on_terminate_cluster(self.cluster, self.run)
        for instance in self.cluster.instances:
            instance.remote.services.remove(list(instance.remote.services.status()))

    def submit(self, spec: JobSpec) -> "tuple[JobEngine, JobExecution]":
        """Start a job."""
        self.jobs += 1
        execution = JobExecution(f"job{self.jobs}", self.cluster.name, spec)
        engine = SPARK.get_edp_engine(self.cluster, spec.type)
        assert engine is not None
        engine.validate_job_execution(self.cluster, spec, {})
        execution.engine_job_id, _, _ = engine.run_job(execution)
        return engine, execution

    def result(self, engine: JobEngine, execution: JobExecution, *, timeout: float = 120.0) -> tuple[JobStatus, str]:
        """Wait for a job's end: its status and output."""

        def ended() -> dict[str, Any] | None:
            info = engine.get_job_status(execution)
            return info if info and info["status"].is_final else None

        info = self.run.wait_until(ended, what=f"job {execution.id} to end", timeout=timeout, interval=0.2)
        output = engine.get_job_output(execution)
        return info["status"], output.stdout + output.stderr

    def program(self, text: str, *args: str, **configs: str) -> "tuple[JobEngine, JobExecution]":
        """Start a Python program as a Spark job."""
        path = self.prefix.parent / f"program{self.jobs}.py"
        path.write_text(text)
        return self.submit(JobSpec(JobType.SPARK, str(path), args=args, configs=configs))

    def health(self) -> dict[str, tuple[HealthColor, str]]:
        """What each health check finds."""
        found = {check.name: check.check() for check in SPARK.get_health_checks(self.cluster)}
        return {name: (health.color, health.reason) for name, health in found.items()}


@pytest.fixture
def deliver() -> Callable[[Instance, Artifact], str]:
    """Has artifacts on instances, from the machine's own cache: Spark is fetched once, not once a test run."""
    cache = ArtifactCache(default_root())
    return lambda instance, artifact: cache.deliver(instance.remote, cache.fetch(artifact), artifact)


@pytest.fixture
def bed(tmp_path: Path, deliver: Callable[[Instance, Artifact], str]) -> Iterator[Callable[..., Bed]]:
    """Makes clusters, and ends them whatever happens."""
    with ExitStack() as at_end:

        def make(version: str = "4.3.0", **configs: object) -> Bed:
            return at_end.enter_context(new_bed(tmp_path, deliver, version, configs))

        yield make


@contextmanager
def new_bed(
    directory: Path, deliver: Callable[[Instance, Artifact], str], version: str, configs: dict[str, object]
) -> Iterator[Bed]:
    """A cluster of small JVMs."""
    groups = [NodeGroup("master", 1, ["master"]), NodeGroup("workers", 2, ["worker"])]
    values = {
        "Worker memory": 1024,
        "Worker cores": 1,
        "Executor memory": 512,
        "Driver memory": 512,
        "Daemon memory": 128,
        "Spark defaults": QUICK,
        **configs,
    }
    cluster = Cluster("demo", "spark", version, groups, cluster_configs={TARGET: values})
    for group in groups:
        group.facts = Facts(machine_id="this", cpus=8, memory_mb=16000)
    cluster.bind_configs(CONFIGS)
    prefix = directory / "instances"
    prefix.mkdir()
    with own_subnet() as subnet, ExitStack() as connections:
        made = Bed(cluster, ThreadRun(deliver), prefix, subnet, connections)
        try:
            yield made
        finally:
            made.down()


@contextmanager
def own_subnet() -> Iterator[str]:
    """A subnet of loopback addresses that no other test uses at the same time: a bound socket reserves it."""
    for third in random.sample(range(1, 255), 254):
        with socket.socket() as reservation:
            try:
                reservation.bind((f"127.77.{third}.254", 9))
            except OSError:
                continue
            yield f"127.77.{third}"
            return
    raise AssertionError("all subnets are in use")
