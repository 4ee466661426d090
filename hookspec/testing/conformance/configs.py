"""Checks of configs and of what is recommended for them."""

from collections.abc import Iterator

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from serai.hookspec.cluster import Cluster
from serai.hookspec.configs import GENERAL, SERVICE_PREFIX, Config, ConfigType, UpdatePolicy
from serai.hookspec.facts import Facts
from serai.hookspec.testing.conformance.checks import check
from serai.hookspec.testing.conformance.examples import falsified
from serai.hookspec.testing.conformance.subject import Subject


def _all(subject: Subject) -> Iterator[Config]:
    """The configs of all versions, each once."""
    seen: set[Config] = set()
    for version in subject.versions:
        for config in subject.offers.configs(version):
            if config not in seen:
                seen.add(config)
                yield config


def _told(config: Config) -> str:
    return f"{config.name!r} of {config.applicable_target}"


@check("configs", fix="return a list of Config, each (applicable_target, name) once", needs=["versions"])
def configs(subject: Subject) -> Iterator[str]:
    """Configs are a list of Config, each once, with a description."""
    for config in _all(subject):
        if not config.name.strip():
            yield f"a config of {config.applicable_target} has no name"
        elif not config.description.strip():
            yield f"{_told(config)} has no description"


@check("processes", fix="return {service: [process, …]}, each process once", needs=["versions"])
def processes(subject: Subject) -> Iterator[str]:
    """There are processes, and each belongs to one service."""
    for version in subject.versions:
        services = subject.offers.get_node_processes(version)
        if not any(services.values()):
            yield f"{version} has no process"
        for service, names in services.items():
            if not service.strip() or not all(name.strip() for name in names):
                yield f"{version} has a service or a process without a name"


@check("config-defaults", fix="give a default that the config itself allows, or none", needs=["configs"])
def config_defaults(subject: Subject) -> Iterator[str]:
    """Every default value is one that its config allows."""
    for config in _all(subject):
        if config.default_value is not None and (problem := config.problem_with(config.default_value)):
            yield f"the default of {_told(config)} {problem}"


@check("config-choices", fix="list the values of an enum, each once, and of nothing else", needs=["configs"])
def config_choices(subject: Subject) -> Iterator[str]:
    """An enum has values to choose from, and nothing else has."""
    for config in _all(subject):
        if config.config_type is ConfigType.ENUM:
            if not config.config_values or len(set(config.config_values)) != len(config.config_values):
                yield f"{_told(config)} is an enum of {list(config.config_values)}"
        elif config.config_values:
            yield f"{_told(config)} is no enum and lists values"


@check("config-bounds", fix="bound integers only, the minimum not above the maximum", needs=["configs"])
def config_bounds(subject: Subject) -> Iterator[str]:
    """Bounds are of integers, and leave a value between them."""
    for config in _all(subject):
        low, high = config.minimum, config.maximum
        if config.config_type is not ConfigType.INTEGER and (low, high) != (None, None):
            yield f"{_told(config)} is no integer and has bounds"
        elif low is not None and high is not None and low > high:
            yield f"{_told(config)} is bounded by {low} and {high}"


@check(
    "config-targets",
    fix="aim at general or service:<name of a service>, and name processes of get_node_processes",
    needs=["configs", "processes"],
)
def config_targets(subject: Subject) -> Iterator[str]:
    """What a config is for exists: its service, and the processes that take notice of it."""
    for version in subject.versions:
        services = subject.offers.get_node_processes(version)
        known = {process for names in services.values() for process in names}
        for config in subject.offers.configs(version):
            target = config.applicable_target
            if target != GENERAL and target.removeprefix(SERVICE_PREFIX) not in services:
                yield f"{version}: {_told(config)}: there is no such service"
            if unknown := sorted(set(config.update_processes) - known):
                yield f"{version}: {_told(config)}: there is no process {', '.join(unknown)}"


@check(
    "config-changes",
    fix="implement reconfigure_cluster, or let the config be immutable",
    needs=["configs"],
)
def config_changes(subject: Subject) -> Iterator[str]:
    """Where a config may change on a running cluster, somebody changes it."""
    if not subject.offers.implements("reconfigure_cluster"):
        for config in _all(subject):
            if config.update_policy is not UpdatePolicy.IMMUTABLE:
                yield f"{_told(config)} is {config.update_policy}, and nothing implements reconfigure_cluster"


@check(
    "recommendations",
    fix="recommend values that the config allows, for node groups of the cluster, however small machines are",
    needs=["config-defaults", "config-choices", "config-bounds", "config-targets"],
)
def recommendations(subject: Subject) -> Iterator[str]:
    """What is recommended for any cluster, on any machines, is a value that its config allows, for a group it has."""
    subject.implements("recommend_configs")

    def wrong(cluster: Cluster) -> Iterator[str]:
        known = {config.key: config for config in subject.offers.configs(cluster.hadoop_version)}
        groups = {group.name for group in cluster.node_groups}
        for item in subject.offers.recommend_configs(cluster, False):
            config = known.get((item.target, item.name))
            if config is None:
                yield f"a value is recommended for {item.name!r} of {item.target}, which is no config"
            elif problem := config.problem_with(item.value):
                yield f"the value recommended for {_told(config)} {problem}"
            if item.node_group is not None and item.node_group not in groups:
                yield f"{item.name!r} is recommended for {item.node_group!r}, which is no node group"

    yield from falsified(subject.clusters(valid=None, facts=_machines(subject)), wrong, subject.examples)


def _machines(subject: Subject) -> SearchStrategy[Facts]:
    """Small and large ones, and such as several instances share; of some nobody knows how large they are."""
    return st.builds(
        evolve,
        st.just(subject.offers.fleet.get_machine_facts()),
        cpus=st.sampled_from((1, 2, 4, 64)),
        memory_mb=st.sampled_from((256, 512, 1024, 2048, 8192, 1 << 18, 0)),
        machine_id=st.sampled_from(("", "shared")),
    )
