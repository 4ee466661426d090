"""Checks of making and ending clusters: what is accepted works, and done again it changes nothing."""

import json
import time
from collections.abc import Iterator
from functools import partial
from typing import Final

from serai.hookspec.cluster import Cluster
from serai.hookspec.configs import ConfigType
from serai.hookspec.health import Health, HealthColor
from serai.hookspec.testing.conformance.checks import check
from serai.hookspec.testing.conformance.crashing import Act, unlike_uninterrupted
from serai.hookspec.testing.conformance.examples import falsified
from serai.hookspec.testing.conformance.making import made, validated
from serai.hookspec.testing.conformance.subject import Subject
from serai.hookspec.testing.conformance.worlds import HostState, differences, shape, world
from serai.hookspec.testing.stage import Stage
from serai.hookspec.testing.stage.documents import plain, without_instances
from serai.hookspec.testing.strategies.judgement import complaints

_MOST_ENUMS: Final = 20


@check(
    "provisions",
    fix="refuse such a cluster in validate, or make it work; where hosts answer nothing, tell a fleet in your Testing",
    needs=["examples"],
)
def provisions(subject: Subject) -> Iterator[str]:
    """What is accepted can be made."""

    def wrong(example: Cluster) -> Iterator[str]:
        stage = subject.stage()
        try:
            stage.create(stage.cluster(example))
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            yield f"{shape(example)} is accepted; making it raised {type(error).__name__}: {error}"

    for example in (*subject.known, *_choices(subject)):
        if problems := list(wrong(example)):
            yield from problems
            return
    yield from falsified(subject.clusters(valid=True), wrong, subject.examples)


def _choices(subject: Subject) -> Iterator[Cluster]:
    """The simplest cluster with each value of each enum, as far as it is accepted so."""
    configs = subject.offers.configs(subject.smallest.hadoop_version)
    for config in [each for each in configs if each.config_type is ConfigType.ENUM][:_MOST_ENUMS]:
        for value in config.config_values:
            cluster = without_instances(subject.smallest)
            cluster.cluster_configs.setdefault(config.applicable_target, {})[config.name] = value
            if value != config.default_value and not complaints(partial(validated, subject, cluster)):
                yield cluster


@check("info", fix="publish strings, numbers, lists and mappings only", needs=["provisions"])
def info(subject: Subject) -> Iterator[str]:
    """What is published and kept of a cluster is JSON."""
    for example in subject.covering:
        _, cluster = made(subject, example)
        for name, value in plain(cluster).items():
            try:
                same = json.loads(json.dumps(value))
            except (TypeError, ValueError) as error:
                yield f"{name}: {error}"
                continue
            if same != value:
                yield f"{name} is another after it was stored: {value!r}"


@check(
    "converges", fix="start with services.start, not restart; write with put; look before you act", needs=["provisions"]
)
def converges(subject: Subject) -> Iterator[str]:
    """Made twice, a cluster is as made once, and nothing was restarted."""
    for example in subject.covering:
        stage, cluster = made(subject, example)
        before, kept = world(stage.fleet, cluster.instances), plain(cluster)
        if any(_may_tell_time(state) for state in before.values()):
            time.sleep(1.0)  # so that a time to the second is another one
        stage.create(cluster)
        yield from differences(before, world(stage.fleet, cluster.instances))
        if plain(cluster) != kept:
            yield "what is published or kept of the cluster changed"


def _may_tell_time(state: HostState) -> bool:
    """Whether files have a time in them, as far as that is to be seen: the year, or seconds since 1970."""
    signs = [sign.encode() for sign in (time.strftime("%Y"), str(time.time())[:6])]
    return any(sign in file.content for file in state.files.values() for sign in signs)


@check(
    "resumes",
    fix="let each step look at what is there, not at what an earlier step of the same call returned",
    needs=["converges"],
)
def resumes(subject: Subject) -> Iterator[str]:
    """Wherever making a cluster crashes, calling the hook again comes to the same end."""
    for example in subject.covering:
        if problems := unlike_uninterrupted(partial(_making, subject, example)):
            yield from problems
            return


def _making(subject: Subject, example: Cluster) -> Act:
    stage = subject.stage()
    cluster = stage.cluster(example)
    hooks = (stage.configure_cluster, stage.start_cluster)
    return Act(stage, cluster, cluster.instances, tuple(partial(hook, cluster) for hook in hooks))


@check("health", fix="look at the processes and ask the framework itself, each time", needs=["provisions"])
def health(subject: Subject) -> Iterator[str]:
    """A cluster that was just made is green, and one of whose processes any has ended is not."""
    subject.implements("get_health_checks")
    for example in subject.covering:
        stage, cluster = made(subject, example)
        for name, found in _looked_at(stage, cluster):
            if found.color is not HealthColor.GREEN:
                yield f"{name} is {found.color} just after the cluster was made: {found.reason}"
        states = world(stage.fleet, cluster.instances)
        for name, service in [(name, service) for name, state in states.items() for service in state.services]:
            stage, cluster = made(subject, example)
            stage.fleet.host(name).processes.end(service)
            if all(found.color is HealthColor.GREEN for _, found in _looked_at(stage, cluster)):
                yield f"all is green although {service} of {name} has ended"


def _looked_at(stage: Stage, cluster: Cluster) -> Iterator[tuple[str, Health]]:
    for each in stage.get_health_checks(cluster):
        try:
            yield each.name, each.check()
        except Exception as error:  # noqa: BLE001 - raising counts as red
            yield each.name, Health(HealthColor.RED, f"{type(error).__name__}: {error}")


@check(
    "terminates", fix="stop every service you start, and take those that do not run for stopped", needs=["provisions"]
)
def terminates(subject: Subject) -> Iterator[str]:
    """Ending a cluster leaves no process, done once or twice."""
    subject.implements("on_terminate_cluster")
    for example in subject.covering:
        stage, cluster = made(subject, example)
        for _ in range(2):
            stage.on_terminate_cluster(cluster)
            for name, state in world(stage.fleet, cluster.instances).items():
                for service in state.services:
                    yield f"{name}: service {service} still runs"
