"""Checks that secrets stay secret: a value that is nowhere else is looked for wherever it could be seen."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from functools import partial
from io import StringIO
from typing import TypeVar

from serai.hookspec.cluster import Cluster
from serai.hookspec.configs import Config
from serai.hookspec.edp import JobExecution, JobSpec
from serai.hookspec.errors import SeraiError
from serai.hookspec.secrets import Secret
from serai.hookspec.testing.conformance.checks import NotApplicable, check
from serai.hookspec.testing.conformance.subject import Subject
from serai.hookspec.testing.fleet import UNREACHABLE, Asked, Fleet, said
from serai.hookspec.testing.stage import Stage
from serai.hookspec.testing.stage.documents import plain, without_instances

T = TypeVar("T")

_PRIVATE = 0o077


@check(
    "secrets",
    fix="hand secrets over in files of mode 0600 or on standard input: Secret.reveal() belongs nowhere else",
    needs=["provisions"],
)
def secrets(subject: Subject) -> Iterator[str]:
    """A secret is in no argument list, environment, log, step, error, state of health, published fact or open file."""
    examples = [_with_canaries(subject, each) for each in _examples(subject)]
    if not any(canaries for _, canaries in examples):
        raise NotApplicable("no config of a service that a cluster has is a secret")
    for cluster, canaries in examples:
        for breaks in (None, "start", "http", "run", "put"):
            stage = subject.stage()
            sinks: list[tuple[str, str]] = []
            with _logged(sinks), _printed(sinks):
                _live(stage, cluster, breaks, sinks)
            for place, text in sinks:
                for name, canary in canaries.items():
                    if canary in text:
                        yield f"the value of {name!r} is in {place}"


def _examples(subject: Subject) -> list[Cluster]:
    """Clusters that together have every process, and those that may grow."""
    found = [*subject.covering]
    with suppress(NotApplicable):
        found += [example for example, _ in subject.growable]
    return [each for number, each in enumerate(found) if each not in found[:number]]


def _with_canaries(subject: Subject, example: Cluster) -> tuple[Cluster, dict[str, str]]:
    cluster = without_instances(example)
    processes = {process for group in cluster.node_groups for process in group.node_processes}
    services = subject.offers.get_node_processes(cluster.hadoop_version)
    idle = {f"service:{service}" for service, names in services.items() if not processes & set(names)}
    wanted: list[Config] = [
        config
        for config in subject.offers.configs(cluster.hadoop_version)
        if config.is_secret and config.applicable_target not in idle
    ]
    canaries = {config.name: f"canary{number}qx7" for number, config in enumerate(wanted)}
    for config in wanted:
        values = cluster.cluster_configs.setdefault(config.applicable_target, {})
        values[config.name] = Secret(canaries[config.name])
    return cluster, canaries


def _live(stage: Stage, example: Cluster, breaks: str | None, sinks: list[tuple[str, str]]) -> None:
    """A cluster's life; collect whatever can be seen of it. With a kind of call that breaks, errors too."""
    _overhear(stage.fleet, sinks)
    cluster = stage.cluster(example)
    if breaks is not None:
        stage.fleet.journal.plan(UNREACHABLE, when=lambda host, call: call.kind == breaks, times=1 << 30)
    for hook in ("validate", "configure_cluster", "start_cluster"):
        _tried(hook, partial(getattr(stage, hook), cluster), sinks)
    _work(stage, cluster, sinks)
    for group in [group for group in cluster.node_groups if stage.implements("scale_cluster")]:
        _grow_and_shrink(stage, cluster, group.name, sinks)
    sinks.append(("what is published or kept of the cluster", json.dumps(plain(cluster), default=str)))
    sinks.append(("a recommendation", str([(each.value, each.reason) for each in cluster.recommendations])))
    for instance in cluster.instances:
        _look_around(stage.fleet, instance.instance_name, sinks)
    _tried("on_terminate_cluster", partial(stage.on_terminate_cluster, cluster), sinks)
    for _, call in stage.fleet.journal.calls:
        sinks.append((f"the arguments of a call: {call.kind}", str(call)))
    for run in stage.runs:
        sinks.append(("a step", str((run.steps, run.waits))))


def _work(stage: Stage, cluster: Cluster, sinks: list[tuple[str, str]]) -> None:
    """Look how it is, and run a job of each type."""
    for each in _tried("get_health_checks", partial(stage.get_health_checks, cluster), sinks) or ():
        found = _tried("a health check", each.check, sinks)
        sinks.append(("what a health check tells", f"{each.name} {found}"))
    types = _tried("get_edp_job_types", partial(stage.get_edp_job_types, []), sinks) or {}
    for job_type in types.get(cluster.hadoop_version, ()):
        execution = JobExecution(f"job-{job_type}", cluster.name, JobSpec(job_type, main=__file__))
        engine = _tried("get_edp_engine", partial(stage.get_edp_engine, cluster, job_type), sinks)
        told = None if engine is None else _tried("run_job", partial(engine.run_job, execution), sinks)
        sinks.append((f"what is kept of a job of type {job_type}", str(told)))


def _grow_and_shrink(stage: Stage, cluster: Cluster, group: str, sinks: list[tuple[str, str]]) -> None:
    """What is refused stays as it is, and is told."""
    if added := _tried("validate_scaling", partial(stage.grow, cluster, group), sinks):
        _tried("scale_cluster", partial(stage.scale_cluster, cluster, added), sinks)
        for instance in added:
            _look_around(stage.fleet, instance.instance_name, sinks)
        if leaving := _tried("validate_scaling", partial(stage.shrink, cluster, group), sinks):
            _tried("decommission_nodes", partial(stage.decommission_nodes, cluster, leaving), sinks)


def _tried(what: str, act: Callable[[], T], sinks: list[tuple[str, str]]) -> T | None:
    try:
        return act()
    except Exception as error:  # noqa: BLE001 - what it tells is what is looked at
        told = error.to_dict() if isinstance(error, SeraiError) else {}
        sinks.append((f"an error of {what}", f"{error} {error!r} {told}"))
        return None


def _overhear(fleet: Fleet, sinks: list[tuple[str, str]]) -> None:
    def heard(asked: Asked) -> bool:
        sinks.append((f"the environment of {asked.argv[0]}", str(dict(asked.env))))
        return False

    fleet.answer(heard, said())  # fits nothing, and hears everything


def _look_around(fleet: Fleet, name: str, sinks: list[tuple[str, str]]) -> None:
    host = fleet.host(name)
    for service_name in host.processes.names:
        service = host.processes.service(service_name)
        if service is not None:
            sinks.append((f"the declaration of service {service_name}", f"{service.argv} {dict(service.env)}"))
    for path, file in host.files.items():
        sinks.append(("the name of a file", path))
        if file.mode & _PRIVATE:
            sinks.append((f"{path}, whose mode is {file.mode:o}", file.content.decode(errors="replace")))


@contextmanager
def _printed(sinks: list[tuple[str, str]]) -> Iterator[None]:
    """Read what is printed."""
    with redirect_stdout(StringIO()) as said, redirect_stderr(said):
        yield
    sinks.append(("what is printed", said.getvalue()))


class _Listener(logging.Handler):
    def __init__(self, sinks: list[tuple[str, str]]) -> None:
        super().__init__(logging.DEBUG)
        self._sinks = sinks

    def emit(self, record: logging.LogRecord) -> None:
        self._sinks.append(("a log record", f"{record.getMessage()} {record.exc_info} {record.__dict__}"))


@contextmanager
def _logged(sinks: list[tuple[str, str]]) -> Iterator[None]:
    """Hear every record, whatever was set of loggers: the command ``serai`` keeps its own to itself, others may."""
    root, listener = logging.getLogger(), _Listener(sinks)
    known = [root, *(each for each in root.manager.loggerDict.values() if isinstance(each, logging.Logger))]
    kept = [(each, each.level, each.disabled, each.propagate) for each in known]
    root.addHandler(listener)
    for logger in known:
        logger.setLevel(logging.DEBUG if logger is root else logging.NOTSET)
        logger.disabled, logger.propagate = False, True
    try:
        yield
    finally:
        root.removeHandler(listener)
        for logger, level, disabled, propagate in kept:
            logger.setLevel(level)
            logger.disabled, logger.propagate = disabled, propagate
