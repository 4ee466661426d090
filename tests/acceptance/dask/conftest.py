"""A Dask cluster on this machine, driven through the plugin's hooks alone."""

import logging
import random
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from attrs import define, field

from serai.builtin_plugins.dask.plugin import DASK
from serai.builtin_plugins.dask.settings import CONFIGS
from serai.engine.artifacts import ArtifactCache, default_root
from serai.engine.remote.pool import connect
from serai.hookspec.artifacts import Artifact
from serai.hookspec.edp import JobExecution, JobSpec, JobStatus, JobType
from serai.hookspec.errors import DeadlineExceeded, HostsFailed, RemoteError
from serai.hookspec.health import HealthColor
from serai.hookspec.objects import Cluster, Instance, NodeGroup
from serai.hookspec.remote import LocalEndpoint
from serai.hookspec.services import ServiceStatus

T = TypeVar("T")


@define
class ThreadRun:
    """An operation reduced to what hooks need of it: threads, waiting, artifacts."""

    deliver: Callable[[Instance, Artifact], str]
    cancelled: bool = False
    steps: list[str] = field(factory=list)
    log: "logging.LoggerAdapter[logging.Logger]" = field(
        factory=lambda: logging.LoggerAdapter(logging.getLogger(__name__), {})
    )

    def check(self) -> None:
        """Nobody cancels here."""

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        self.steps.append(title)
        yield

    def each(
        self, instances: Sequence[Instance], function: Callable[[Instance], T], *, step: str, timeout: float = 900.0
    ) -> list[T]:
        self.steps.append(step)
        with ThreadPoolExecutor(8) as threads:
            futures = {each.instance_name: threads.submit(function, each) for each in instances}
        failures = {name: failure for name, future in futures.items() if (failure := future.exception())}
        if failures:
            raise HostsFailed(step, failures)
        return [future.result() for future in futures.values()]

    def wait_until(self, probe: Callable[[], T | None], *, what: str, timeout: float, interval: float = 0.05) -> T:
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
        return [self._instance(self.cluster.node_group(group)) for _ in range(count)]

    def _instance(self, group: NodeGroup) -> Instance:
        number = sum(1 for _ in self.prefix.iterdir()) + 1
        name, address = f"{group.name}-{number}", f"{self.subnet}.{number}"
        home = self.prefix / name
        home.mkdir()
        instance = group.add_instance(
            Instance(name, f"demo-{name}", address, address, fqdn=name, username="", client_token=name)
        )
        remote = connect(LocalEndpoint(instance.instance_name, str(home)))
        self.connections.callback(remote.close)
        instance.bind(remote)
        return instance

    def up(self, workers: int) -> None:
        """Create the cluster."""
        self.add("scheduler", 1)
        self.add("workers", workers)
        DASK.configure_cluster(self.cluster, self.run)
        DASK.start_cluster(self.cluster, self.run)

    def down(self) -> None:
        """End the cluster; nothing runs afterwards."""
        DASK.on_terminate_cluster(self.cluster, self.run)
        for instance in self.cluster.instances:
            instance.remote.services.remove(list(instance.remote.services.status()))

    def job(self, spec: JobSpec, *, timeout: float = 30.0) -> tuple[JobStatus, str]:
        """Run a job to its end: its status and output."""
        self.jobs += 1
        execution = JobExecution(f"job{self.jobs}", self.cluster.name, spec)
        engine = DASK.get_edp_engine(self.cluster, spec.type)
        assert engine is not None
        engine.validate_job_execution(self.cluster, spec, {})
        execution.engine_job_id, _, _ = engine.run_job(execution)
        info = self.run.wait_until(
            lambda: found if (found := engine.get_job_status(execution))["status"].is_final else None,
            what=f"job {execution.id} to end",
            timeout=timeout,
        )
        output = engine.get_job_output(execution)
        return info["status"], output.stdout + output.stderr

    def program(self, text: str, *args: str) -> tuple[JobStatus, str]:
        """Run a Python program as a Shell job."""
        path = self.prefix.parent / "program.py"
        path.write_text(text)
        return self.job(JobSpec(JobType.SHELL, str(path), args=args))

    def processes(self) -> dict[str, dict[str, ServiceStatus]]:
        """The services of each instance."""
        return {each.instance_name: each.remote.services.status() for each in self.cluster.instances}

    def kill(self, instance: Instance, service: str) -> None:
        """End a service as a crash does; returns when it is noticed by its supervisor."""
        services = instance.remote.services
        services.signal(service, "KILL")
        self.run.wait_until(
            lambda: not services.status(service)[service].is_running, what=f"{service} to die", timeout=5
        )

    def health(self) -> dict[str, tuple[HealthColor, str]]:
        """What each health check finds."""
        found = {check.name: check.check() for check in DASK.get_health_checks(self.cluster)}
        return {name: (health.color, health.reason) for name, health in found.items()}


@pytest.fixture(scope="session")
def cache() -> ArtifactCache:
    """The machine's own cache: Dask is fetched once, not once a test run."""
    return ArtifactCache(default_root())


@pytest.fixture
def deliver(cache: ArtifactCache) -> Callable[[Instance, Artifact], str]:
    """Has artifacts on instances."""
    return lambda instance, artifact: cache.deliver(instance.remote, cache.fetch(artifact), artifact)


@pytest.fixture
def bed(tmp_path: Path, deliver: Callable[[Instance, Artifact], str]) -> Iterator[Callable[..., Bed]]:
    """Makes clusters, and ends them whatever happens."""
    with ExitStack() as at_end:

        def make(version: str = "2026.8.0", **configs: object) -> Bed:
            groups = [NodeGroup("scheduler", 1, ["scheduler"]), NodeGroup("workers", 2, ["worker"])]
            values = {"Worker memory": 512, "Worker threads": 1, "Start timeout": 30, **configs}
            cluster = Cluster("demo", "dask", version, groups, cluster_configs={"service:Dask": values})
            cluster.bind_configs(CONFIGS)
            prefix = tmp_path / "instances"
            prefix.mkdir()
            made = Bed(cluster, ThreadRun(deliver), prefix, at_end.enter_context(own_subnet()), ExitStack())
            at_end.enter_context(made.connections)
            at_end.callback(made.down)
            return made

        yield make


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
