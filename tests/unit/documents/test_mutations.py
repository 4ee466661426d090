"""Every single mistake in a valid document gives its own error at its own place, and nothing else."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from serai.engine.spec import ClusterSpec
from serai.engine.validation import validate_spec

GRID = "service:Grid"
Mutation = Callable[[dict[str, Any]], object]


def put(*path: str | int, to: Any) -> Mutation:
    """The mutation that sets a value."""

    def mutate(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = to

    return mutate


def drop(*path: str | int) -> Mutation:
    """The mutation that takes a key out."""

    def mutate(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        del document[path[-1]]

    return mutate


def rename(*path: str | int, to: str) -> Mutation:
    """The mutation that misspells a key."""

    def mutate(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        document[to] = document.pop(path[-1])

    return mutate


def twice(index: int) -> Mutation:
    """The mutation that appends a copy of a node group."""
    return lambda document: document["node_groups"].append(deepcopy(document["node_groups"][index]))


MUTATIONS: dict[str, tuple[Mutation, str, str]] = {
    # structure
    "unknown key": (put("colour", to="red"), "UNKNOWN_KEY", "colour"),
    "unknown key of a node group": (put("node_groups", 1, "colour", to="red"), "UNKNOWN_KEY", "node_groups[1].colour"),
    "misspelt required key": (rename("hadoop_version", to="hadop_version"), "UNKNOWN_KEY", "hadop_version"),
    "misspelt list of node groups": (rename("node_groups", to="node_group"), "UNKNOWN_KEY", "node_group"),
    "misspelt count": (rename("node_groups", 1, "count", to="cuont"), "UNKNOWN_KEY", "node_groups[1].cuont"),
    "no name": (drop("name"), "MISSING_KEY", "name"),
    "no plugin": (drop("plugin_name"), "MISSING_KEY", "plugin_name"),
    "no version": (drop("hadoop_version"), "MISSING_KEY", "hadoop_version"),
    "node group without name": (drop("node_groups", 1, "name"), "MISSING_KEY", "node_groups[1].name"),
    "quoted count": (put("node_groups", 1, "count", to="3"), "WRONG_TYPE", "node_groups[1].count"),
    "count in words": (put("node_groups", 1, "count", to="three"), "WRONG_TYPE", "node_groups[1].count"),
    "count true": (put("node_groups", 0, "count", to=True), "WRONG_TYPE", "node_groups[0].count"),
    "version as number": (put("hadoop_version", to=2.1), "WRONG_TYPE", "hadoop_version"),
    "name as number": (put("name", to=7), "WRONG_TYPE", "name"),
    "quoted flag": (put("is_protected", to="false"), "WRONG_TYPE", "is_protected"),
    "lone process": (
        put("node_groups", 0, "node_processes", to="master"),
        "WRONG_TYPE",
        "node_groups[0].node_processes",
    ),
    "process as number": (
        put("node_groups", 1, "node_processes", 0, to=5),
        "WRONG_TYPE",
        "node_groups[1].node_processes[0]",
    ),
    "node group as text": (lambda d: d["node_groups"].append("extra"), "WRONG_TYPE", "node_groups[2]"),
    "configs as list": (put("cluster_configs", to=[]), "WRONG_TYPE", "cluster_configs"),
    "target as text": (
        put("node_groups", 1, "node_configs", GRID, to="big"),
        "WRONG_TYPE",
        'node_groups[1].node_configs["service:Grid"]',
    ),
    "configs with a number as key": (
        put("cluster_configs", "general", 5, to=1),
        "WRONG_TYPE",
        "cluster_configs.general",
    ),
    "infrastructure as text": (put("infrastructure", to="farm"), "WRONG_TYPE", "infrastructure"),
    "newer schema": (put("schema_version", to=99), "UNSUPPORTED_SCHEMA_VERSION", "schema_version"),
    # names
    "underscore in name": (put("name", to="my_demo"), "INVALID_NAME", "name"),
    "name with trailing newline": (put("name", to="demo\n"), "INVALID_NAME", "name"),
    "name too long": (put("name", to="d" * 51), "INVALID_NAME", "name"),
    "name taken": (put("name", to="taken"), "NAME_TAKEN", "name"),
    "node group begins with digit": (put("node_groups", 1, "name", to="1st"), "INVALID_NAME", "node_groups[1].name"),
    "node group ends with hyphen": (put("node_groups", 1, "name", to="n-"), "INVALID_NAME", "node_groups[1].name"),
    "node group name empty": (put("node_groups", 1, "name", to=""), "INVALID_NAME", "node_groups[1].name"),
    "host names too long": (
        lambda d: (d.update(name="d" * 30), d["node_groups"][1].update(name="n" * 40)),
        "HOST_NAME_TOO_LONG",
        "node_groups[1].name",
    ),
    "same name in other case": (
        put("node_groups", 1, "name", to="MASTER"),
        "DUPLICATE_NODE_GROUP",
        "node_groups[1].name",
    ),
    "node group twice": (twice(1), "DUPLICATE_NODE_GROUP", "node_groups[2].name"),
    # plugins
    "unknown plugin": (put("plugin_name", to="zzz"), "PLUGIN_NOT_FOUND", "plugin_name"),
    "misspelt plugin": (put("plugin_name", to="gird"), "PLUGIN_NOT_FOUND", "plugin_name"),
    "unknown version": (put("hadoop_version", to="9"), "VERSION_NOT_FOUND", "hadoop_version"),
    "nearly a version": (put("hadoop_version", to="2.1"), "VERSION_NOT_FOUND", "hadoop_version"),
    "unknown auxiliary": (
        lambda d: d["auxiliary_plugins"].append("zzz"),
        "AUXILIARY_NOT_FOUND",
        "auxiliary_plugins[1]",
    ),
    "unknown auxiliary instead of the one needed": (
        put("auxiliary_plugins", 0, to="zzz"),
        "AUXILIARY_NOT_FOUND",
        "auxiliary_plugins[0]",
    ),
    "misspelt auxiliary": (put("auxiliary_plugins", 0, to="monitr"), "AUXILIARY_NOT_FOUND", "auxiliary_plugins[0]"),
    "auxiliary twice": (
        lambda d: d["auxiliary_plugins"].append("monitor"),
        "DUPLICATE_AUXILIARY",
        "auxiliary_plugins[1]",
    ),
    "auxiliary is the plugin": (
        lambda d: d["auxiliary_plugins"].append("grid"),
        "AUXILIARY_IS_PLUGIN",
        "auxiliary_plugins[1]",
    ),
    "auxiliaries clash": (
        lambda d: d["auxiliary_plugins"].append("clash"),
        "PLUGIN_CONFLICT",
        "auxiliary_plugins[1]",
    ),
    "unknown provider": (put("infrastructure", "provider", to="zzz"), "PROVIDER_NOT_FOUND", "infrastructure.provider"),
    "no provider": (drop("infrastructure", "provider"), "MISSING_KEY", "infrastructure.provider"),
    "provider as number": (put("infrastructure", "provider", to=3), "WRONG_TYPE", "infrastructure.provider"),
    # node groups
    "no node group": (put("node_groups", to=[]), "NO_NODE_GROUPS", "node_groups"),
    "negative count": (put("node_groups", 1, "count", to=-3), "OUT_OF_RANGE", "node_groups[1].count"),
    "absurd count": (put("node_groups", 1, "count", to=10**9), "OUT_OF_RANGE", "node_groups[1].count"),
    "no instance": (
        lambda d: [group.update(count=0, min_ready=None) for group in d["node_groups"]],
        "NO_INSTANCES",
        "node_groups",
    ),
    "more ready than there are": (
        put("node_groups", 1, "min_ready", to=4),
        "OUT_OF_RANGE",
        "node_groups[1].min_ready",
    ),
    "transient": (put("is_transient", to=True), "NOT_YET_SUPPORTED", "is_transient"),
    "negative min_ready": (put("node_groups", 1, "min_ready", to=-1), "OUT_OF_RANGE", "node_groups[1].min_ready"),
    "negative volumes": (
        put("node_groups", 1, "volumes_per_node", to=-1),
        "OUT_OF_RANGE",
        "node_groups[1].volumes_per_node",
    ),
    "volumes without size": (
        put("node_groups", 1, "volumes_per_node", to=2),
        "VOLUMES_WITHOUT_SIZE",
        "node_groups[1].volumes_size",
    ),
    "relative mount prefix": (
        lambda d: d["node_groups"][1].update(volumes_per_node=1, volumes_size=9, volumes_mount_prefix="disk"),
        "INVALID",
        "node_groups[1].volumes_mount_prefix",
    ),
    # processes
    "unknown process": (
        lambda d: d["node_groups"][1]["node_processes"].append("zzz"),
        "UNKNOWN_PROCESS",
        "node_groups[1].node_processes[2]",
    ),
    "misspelt process that is needed": (
        put("node_groups", 0, "node_processes", 0, to="mster"),
        "UNKNOWN_PROCESS",
        "node_groups[0].node_processes[0]",
    ),
    "process twice": (
        lambda d: d["node_groups"][1]["node_processes"].append("node"),
        "DUPLICATE_PROCESS",
        "node_groups[1].node_processes[2]",
    ),
    "anti-affinity of nothing": (put("anti_affinity", to=["zzz"]), "UNKNOWN_PROCESS", "anti_affinity[0]"),
    "anti-affinity twice": (put("anti_affinity", to=["node", "node"]), "DUPLICATE_PROCESS", "anti_affinity[1]"),
    # configs
    "unknown target": (
        put("cluster_configs", "service:Zzz", to={}),
        "UNKNOWN_TARGET",
        'cluster_configs["service:Zzz"]',
    ),
    "target without prefix": (
        rename("cluster_configs", GRID, to="Grid"),
        "UNKNOWN_TARGET",
        "cluster_configs.Grid",
    ),
    "unknown config": (
        put("node_groups", 1, "node_configs", GRID, "Zzzz", to=1),
        "UNKNOWN_CONFIG",
        'node_groups[1].node_configs["service:Grid"].Zzzz',
    ),
    "misspelt mandatory config": (
        rename("cluster_configs", "general", "Owner", to="Ownr"),
        "UNKNOWN_CONFIG",
        "cluster_configs.general.Ownr",
    ),
    "config of another target": (
        put("cluster_configs", "general", "Heap", to=128),
        "UNKNOWN_CONFIG",
        "cluster_configs.general.Heap",
    ),
    "cluster's config in a node group": (
        put("node_groups", 1, "node_configs", GRID, "Port", to=7002),
        "WRONG_SCOPE",
        'node_groups[1].node_configs["service:Grid"].Port',
    ),
    "integer as text": (
        put("node_groups", 1, "node_configs", GRID, "Heap", to="1024"),
        "INVALID_CONFIG_VALUE",
        'node_groups[1].node_configs["service:Grid"].Heap',
    ),
    "integer as truth": (
        put("cluster_configs", GRID, "Port", to=True),
        "INVALID_CONFIG_VALUE",
        'cluster_configs["service:Grid"].Port',
    ),
    "below the minimum": (
        put("node_groups", 1, "node_configs", GRID, "Heap", to=63),
        "INVALID_CONFIG_VALUE",
        'node_groups[1].node_configs["service:Grid"].Heap',
    ),
    "not among the values": (
        put("node_groups", 1, "node_configs", GRID, "Mode", to="fasst"),
        "INVALID_CONFIG_VALUE",
        'node_groups[1].node_configs["service:Grid"].Mode',
    ),
    "truth as text": (
        put("node_groups", 1, "node_configs", "general", "Tracing", to="yes"),
        "INVALID_CONFIG_VALUE",
        "node_groups[1].node_configs.general.Tracing",
    ),
    "secret as number": (
        put("cluster_configs", "service:Console", "Password", to=1234),
        "INVALID_CONFIG_VALUE",
        'cluster_configs["service:Console"].Password',
    ),
    "no value": (
        put("node_groups", 1, "node_configs", GRID, "Heap", to=None),
        "INVALID_CONFIG_VALUE",
        'node_groups[1].node_configs["service:Grid"].Heap',
    ),
    "mandatory config missing": (
        drop("cluster_configs", "general", "Owner"),
        "MISSING_CONFIG",
        "cluster_configs.general.Owner",
    ),
    "mandatory config missing in every node group": (
        drop("cluster_configs", GRID, "Rack"),
        "MISSING_CONFIG",
        'cluster_configs["service:Grid"].Rack',
    ),
    "mandatory config missing in one node group": (
        lambda d: (
            d["cluster_configs"][GRID].pop("Rack"),
            d["node_groups"][1]["node_configs"][GRID].update(Rack="r2"),
        ),
        "MISSING_CONFIG",
        'node_groups[0].node_configs["service:Grid"].Rack',
    ),
    "service that does not run": (
        lambda d: d["node_groups"][0]["node_processes"].remove("console"),
        "SERVICE_NOT_USED",
        'cluster_configs["service:Console"]',
    ),
    # provider and plugins
    "provider has no room": (put("node_groups", 1, "count", to=30), "NO_ROOM", "infrastructure"),
    "plugin refuses": (put("node_groups", 0, "count", to=2), "NOT_SINGLE_MASTER", "node_groups"),
}


def test_the_document_to_mutate_is_valid(document, catalog):
    """Otherwise the mutations would prove nothing."""
    assert validate_spec(ClusterSpec.from_dict(document), catalog, {"taken"}) == []


@pytest.mark.parametrize("mistake", MUTATIONS)
def test_one_mistake_is_one_error(mistake, document, catalog):
    """Its code at its path; no error follows from another."""
    mutate, code, path = MUTATIONS[mistake]
    mutate(document)
    errors = validate_spec(ClusterSpec.from_dict(document), catalog, {"taken"})
    assert [(error.code, error.path) for error in errors] == [(code, path)]


@pytest.mark.parametrize("mistake", MUTATIONS)
def test_every_error_says_what_is_wrong_and_no_secret(mistake, document, catalog):
    """A message in words, without the password."""
    MUTATIONS[mistake][0](document)
    (error,) = validate_spec(ClusterSpec.from_dict(document), catalog, {"taken"})
    assert len(error.error_message) > 5
    assert "hunter2" not in str(error)
    assert "1234" not in str(error)


def test_a_version_that_is_not_enabled(document, catalog):
    """The plugin's labels decide; Monitor does not fit that version either."""
    document["hadoop_version"] = "1.0.0"
    errors = validate_spec(ClusterSpec.from_dict(document), catalog)
    assert [(error.code, error.path) for error in errors] == [
        ("VERSION_NOT_ENABLED", "hadoop_version"),
        ("AUXILIARY_DOES_NOT_EXTEND", "auxiliary_plugins[0]"),
    ]


TEN = (
    "name taken",
    "version as number",
    "quoted flag",
    "unknown key",
    "misspelt count",
    "unknown process",
    "anti-affinity twice",
    "not among the values",
    "config of another target",
    "plugin refuses",
)


def test_ten_mistakes_are_ten_errors(document, catalog):
    """Structure, rules and plugin in one pass."""
    for mistake in TEN:
        MUTATIONS[mistake][0](document)
    errors = validate_spec(ClusterSpec.from_dict(document), catalog, {"taken"})
    assert sorted((error.code, error.path) for error in errors) == sorted(MUTATIONS[mistake][1:] for mistake in TEN)
