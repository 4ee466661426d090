"""Checks of what listens where."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from serai.hookspec.cluster import Cluster
from serai.hookspec.configs import Config
from serai.hookspec.testing.conformance.checks import check
from serai.hookspec.testing.conformance.examples import falsified
from serai.hookspec.testing.conformance.making import made, validated
from serai.hookspec.testing.conformance.subject import Subject
from serai.hookspec.testing.stage.documents import without_instances
from serai.hookspec.testing.strategies.judgement import complaints

_FURTHER: Final = 10_000
_LAST_PORT: Final = 65_535


@check(
    "ports", fix="tell the configured value of each port something listens on, not its default", needs=["provisions"]
)
def ports(subject: Subject) -> Iterator[str]:
    """Whatever other machines reach on an instance is declared by get_open_ports."""
    subject.implements("get_open_ports")

    def wrong(example: Cluster) -> Iterator[str]:
        stage = subject.stage()
        cluster = stage.cluster(example)
        declared = {group.name: set(stage.get_open_ports(group)) for group in cluster.node_groups}
        stage.create(cluster)
        for instance in cluster.instances:
            for port, service in stage.fleet.listeners(instance.instance_name).items():
                if port not in declared[instance.node_group.name]:
                    yield f"{service} listens on {port} of {instance.instance_name}, which is not declared"

    for example in subject.covering:
        for each in (example, *_elsewhere(subject, example)):
            yield from wrong(each)
    yield from falsified(subject.clusters(valid=True), wrong, subject.examples)


def _elsewhere(subject: Subject, example: Cluster) -> Iterator[Cluster]:
    """A cluster on other ports, as far as configs tell where it listens: all of them at once, or one where that is
    refused."""
    stage, cluster = made(subject, example)
    ports = {port for each in cluster.instances for port in stage.fleet.listeners(each.instance_name)}
    configs = subject.offers.configs(example.hadoop_version)
    choices = [(config, value) for config in configs if (value := _moved(config, ports)) is not None]
    for chosen in (choices, *([choice] for choice in choices)):
        changed = without_instances(example)
        for config, value in chosen:
            changed.cluster_configs.setdefault(config.applicable_target, {})[config.name] = value
        if chosen and not complaints(partial(validated, subject, changed)):
            yield changed
            return


def _moved(config: Config, ports: set[int]) -> str | int | None:
    """Another port than a config's default, as it is written there; None for a default that is none of some ports."""
    default = config.default_value
    before, _, number = str(default).rpartition(":")
    if not number.isdecimal() or int(number) not in ports:
        return None
    other = int(number) + _FURTHER if int(number) + _FURTHER <= _LAST_PORT else int(number) - _FURTHER
    value = other if type(default) is int else f"{before}:{other}"
    return None if config.problem_with(value) else value


@check(
    "alike",
    fix="start a process on every instance that is to have it; refuse more of them than there can be",
    needs=["provisions"],
)
def alike(subject: Subject) -> Iterator[str]:
    """On all instances of a node group the same listens."""

    def wrong(example: Cluster) -> Iterator[str]:
        stage, cluster = made(subject, example)
        for group in cluster.node_groups:
            names = [each.instance_name for each in group.instances]
            ports = [sorted(stage.fleet.listeners(name)) for name in names]
            for name, there in zip(names, ports, strict=True):
                if there != ports[0]:
                    yield f"on {name} {there} is listened on, on {names[0]} of the same group {ports[0]}"

    for example in subject.known:
        for index, _ in enumerate(example.node_groups):
            larger = without_instances(example)
            larger.node_groups[index].count += 1
            if not complaints(partial(validated, subject, larger)):
                yield from wrong(larger)
    yield from falsified(subject.clusters(valid=True), wrong, subject.examples)
