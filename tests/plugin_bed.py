"""A cluster on this machine, driven through the hooks of a plugin alone, with real hosts and real artifacts."""

import random
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from attrs import define, field

from serai.engine.artifacts import ArtifactCache, default_root
from serai.engine.remote.pool import connect
from serai.hookspec.artifacts import Artifact
from serai.hookspec.edp import JobEngine, JobExecution, JobSpec, JobStatus, JobType
from serai.hookspec.health import HealthColor
from serai.hookspec.objects import Cluster, Instance, NodeGroup
from serai.hookspec.remote import LocalEndpoint
from serai.hookspec.services import ServiceStatus
from serai.hookspec.testing.fleet import RealClock
from serai.hookspec.testing.stage.run import StageRun


class BedRun(StageRun):
    """An operation whose artifacts come from the machine's own cache: they are fetched once, not once a test run."""

    def __init__(self) -> None:
        super().__init__(RealClock(), threads=8)
        self._cache = ArtifactCache(default_root())

    def artifact(self, instance: Instance, artifact: Artifact) -> str:
        return self._cache.deliver(instance.remote, self._cache.fetch(artifact), artifact)


@define
class Bed:
    """A cluster, and the operations on it as the engine would call the hooks.

    Attributes:
        plugin: the provisioning plugin.
        program_type: of jobs that are Python programs.
        cluster: without instances, and with its configs bound; the first node group is the leader's.
        prefix: the directory of its instances.
        subnet: of their addresses.
    """

    plugin: Any
    program_type: JobType
    cluster: Cluster
    prefix: Path
    subnet: str
    connections: ExitStack
    run: BedRun = field(factory=BedRun)
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
        """Create the cluster, with one leader."""
        self.add(self.cluster.node_groups[0].name, 1)
        self.add("workers", workers)
        self.plugin.configure_cluster(self.cluster, self.run)
        self.plugin.start_cluster(self.cluster, self.run)

    def scale_up(self, count: int) -> None:
        """Add workers."""
        self.plugin.scale_cluster(self.cluster, self.add("workers", count), self.run)

    def scale_down(self, instance: Instance) -> None:
        """Drain a worker, and let its machine go."""
        self.plugin.decommission_nodes(self.cluster, [instance], self.run)
        group = instance.node_group
        group.remove_instance(instance)
        group.count -= 1

    def down(self) -> None:
        """End the cluster; nothing runs afterwards."""
        self.plugin.on_terminate_cluster(self.cluster, self.run)
        for instance in self.cluster.instances:
            instance.remote.services.remove(list(instance.remote.services.status()))

    def submit(self, spec: JobSpec) -> tuple[JobEngine, JobExecution]:
        """Start a job."""
        self.jobs += 1
        execution = JobExecution(f"job{self.jobs}", self.cluster.name, spec)
        engine = self.plugin.get_edp_engine(self.cluster, spec.type)
        assert engine is not None
        engine.validate_job_execution(self.cluster, spec, {})
        execution.engine_job_id, _, _ = engine.run_job(execution)
        return engine, execution

    def program(self, text: str, *args: str, **configs: str) -> tuple[JobEngine, JobExecution]:
        """Start a Python program as a job."""
        path = self.prefix.parent / f"program{self.jobs}.py"
        path.write_text(text)
        return self.submit(JobSpec(self.program_type, str(path), args=args, configs=configs))

    def result(self, engine: JobEngine, execution: JobExecution, *, timeout: float = 120.0) -> tuple[JobStatus, str]:
        """Wait for a job's end: its status and output."""

        def ended() -> dict[str, Any] | None:
            info = engine.get_job_status(execution)
            return info if info and info["status"].is_final else None

        info = self.run.wait_until(ended, what=f"job {execution.id} to end", timeout=timeout)
        output = engine.get_job_output(execution)
        return info["status"], output.stdout + output.stderr

    def processes(self) -> dict[str, dict[str, ServiceStatus]]:
        """The services of each instance."""
        return {each.instance_name: each.remote.services.status() for each in self.cluster.instances}

    def health(self) -> dict[str, tuple[HealthColor, str]]:
        """What each health check finds."""
        found = {check.name: check.check() for check in self.plugin.get_health_checks(self.cluster)}
        return {name: (health.color, health.reason) for name, health in found.items()}

    def kill(self, instance: Instance, service: str) -> None:
        """End a service as a crash does; returns when it is noticed by its supervisor."""
        services = instance.remote.services
        services.signal(service, "KILL")
        self.run.wait_until(
            lambda: not services.status(service)[service].is_running, what=f"{service} to die", timeout=5
        )


@contextmanager
def bed_of(plugin: Any, program_type: JobType, cluster: Cluster, directory: Path) -> Iterator[Bed]:
    """A cluster with nothing of it there yet, that is ended whatever happens.

    Args:
        plugin: the provisioning plugin.
        program_type: as of :class:`Bed`.
        cluster: likewise.
        directory: below which everything is.
    """
    prefix = directory / "instances"
    prefix.mkdir()
    with own_subnet() as subnet, ExitStack() as connections:
        made = Bed(plugin, program_type, cluster, prefix, subnet, connections)
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
