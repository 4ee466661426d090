"""What a user can set with each release."""

import pytest

from serai.builtin_plugins.hadoop import reserved
from serai.builtin_plugins.hadoop.bounds import LARGEST, LEAST
from serai.builtin_plugins.hadoop.configs import IMPORTANT, OWN_DEFAULTS, asked_for, configs, property_configs
from serai.builtin_plugins.hadoop.generated import generated_properties
from serai.builtin_plugins.hadoop.listening import LISTENING
from serai.builtin_plugins.hadoop.processes import PROCESSES
from serai.builtin_plugins.hadoop.properties.tables import table
from serai.builtin_plugins.hadoop.settings import EVERY_PROCESS
from serai.builtin_plugins.hadoop.versions import VERSIONS
from serai.hookspec.configs import GENERAL, Config, ConfigType, Scope, UpdatePolicy
from serai.hookspec.errors import NotFound
from serai.hookspec.objects import Cluster, Instance, NodeGroup
from serai.hookspec.remote import Layout
from serai.hookspec.testing.fleet import Fleet
from serai.hookspec.testing.fleet.commands import Rules
from serai.hookspec.testing.fleet.remote import FleetRemote

UNTOUCHING = (UpdatePolicy.LIVE, UpdatePolicy.IMMUTABLE)
by_release = pytest.mark.parametrize("version", VERSIONS)


@by_release
def test_every_default_is_valid_by_its_own_config(version: str) -> None:
    """Whatever type was inferred, Hadoop's own value fits."""
    with_default = [each for each in configs(version) if each.default_value is not None]
    assert not {each.name: fault for each in with_default if (fault := each.problem_with(each.default_value))}


@by_release
def test_defaults_of_our_own_are_shown_as_such(version: str) -> None:
    """A plan with Hadoop's own would not be what happens: ours is in the files."""
    ours = {name: value for values in OWN_DEFAULTS.values() for name, value in values.items()}
    assert ours == {"yarn.log-aggregation-enable": "true"}
    assert {name: property_configs(version)[name].default_value for name in ours} == {
        "yarn.log-aggregation-enable": True
    }


@by_release
def test_every_config_says_what_it_is(version: str) -> None:
    """Of a dozen properties Hadoop's own files say nothing: then that is said, and what they are in."""
    assert not [each.name for each in configs(version) if not each.description]
    assert property_configs(version)["fs.adl.impl"].description == "In core-default.xml, without a description."


def test_a_release_that_is_none_is_told_with_those_there_are() -> None:
    """Whoever asks by a name of their own need not know our files."""
    with pytest.raises(NotFound, match=r"Hadoop 9\.9\.9 .* 3\.5\.0"):
        configs("9.9.9")


@by_release
@pytest.mark.parametrize(
    ("name", "refused", "taken"),
    [
        ("yarn.scheduler.minimum-allocation-mb", -5, 0),
        ("yarn.nodemanager.resource.memory-mb", -7, -1),
        ("dfs.replication", 0, 1),
        ("dfs.replication", 32768, 512),
        ("dfs.namenode.handler.count", 0, 1),
        ("mapreduce.task.io.sort.mb", 2048, 2047),
        ("mapreduce.job.reduces", -1, 0),
    ],
)
def test_numbers_that_no_process_can_work_with_are_refused(version: str, name: str, refused: int, taken: int) -> None:
    """A ResourceManager with a negative least container would end while it starts."""
    config = property_configs(version)[name]
    assert config.problem_with(refused)
    assert not config.problem_with(taken)


@by_release
def test_every_bound_is_one_of_an_integer(version: str) -> None:
    """A bound of what is no integer, or not there, would bind nothing."""
    found = property_configs(version)
    assert {found[name].config_type for name in (*LEAST, *LARGEST)} == {ConfigType.INTEGER}
    assert {name: found[name].minimum for name in LEAST} == LEAST
    assert {name: found[name].maximum for name in LARGEST} == LARGEST


@by_release
def test_a_config_is_unique_and_belongs_to_a_service(version: str) -> None:
    """A name says which file it is written to, so that it is unique across targets."""
    found = configs(version)
    assert len({config.name for config in found}) == len(found)
    assert {config.applicable_target for config in found} == {GENERAL, *(f"service:{name}" for name in PROCESSES)}


@by_release
def test_every_property_is_either_offered_or_reserved_or_a_pattern(version: str) -> None:
    """None is lost on the way."""
    listed = {name for file in table(version).properties.values() for name in file}
    left = {name for name in listed - set(property_configs(version)) if not reserved.reason(name)}
    assert all(any(sign in name for sign in ("[", "%", "EXAMPLE")) for name in left)


@by_release
def test_what_people_set_is_shown_first(version: str) -> None:
    """Some thirty properties, and heaps."""
    first = {name for name, config in property_configs(version).items() if config.priority == 1}
    assert first == IMPORTANT


@by_release
def test_every_promise_names_processes_of_the_plugin(version: str) -> None:
    """What is restarted or rolled is told, and what is live touches none, as what never changes."""
    for config in property_configs(version).values():
        assert set(config.update_processes) <= set(EVERY_PROCESS), config.name
        assert bool(config.update_processes) is (config.update_policy not in UNTOUCHING), config.name


@by_release
def test_ports_are_offered_under_the_names_of_their_addresses(version: str) -> None:
    """With the port that Hadoop itself takes."""
    found = property_configs(version)
    assert found["dfs.datanode.address"].default_value == "0.0.0.0:9866"
    assert found["yarn.resourcemanager.address"].default_value == "0.0.0.0:8032"
    assert found["mapreduce.shuffle.port"].default_value == 13562
    assert LISTENING.keys() <= found.keys()


@pytest.mark.parametrize(
    ("name", "config_type", "default"),
    [
        ("dfs.replication", ConfigType.INTEGER, 3),
        ("dfs.permissions.enabled", ConfigType.BOOLEAN, True),
        ("dfs.blocksize", ConfigType.STRING, "134217728"),
        ("dfs.heartbeat.interval", ConfigType.STRING, "3"),
        ("fs.trash.interval", ConfigType.STRING, "0"),
        ("dfs.namenode.safemode.threshold-pct", ConfigType.STRING, "0.999f"),
        ("yarn.resourcemanager.fail-fast", ConfigType.STRING, "${yarn.fail-fast}"),
        ("fs.permissions.umask-mode", ConfigType.STRING, "022"),
        ("yarn.app.mapreduce.am.resource.mb", ConfigType.INTEGER, 1536),
        ("fs.s3a.secret.key", ConfigType.SECRET, None),
        ("fs.s3a.access.key", ConfigType.SECRET, None),
        ("fs.s3a.encryption.key", ConfigType.SECRET, None),
        ("ssl.server.keystore.password", ConfigType.SECRET, None),
        ("hadoop.security.group.mapping.ldap.bind.password.file", ConfigType.STRING, None),
        ("mapreduce.job.complete.cancel.delegation.tokens", ConfigType.BOOLEAN, True),
        ("mapreduce.map.java.opts", ConfigType.STRING, None),
    ],
)
def test_types_are_what_hadoop_takes(name: str, config_type: ConfigType, default: object) -> None:
    """A string wherever it takes more than an integer: suffixes, fractions, references."""
    config = property_configs("3.5.0")[name]
    assert (config.config_type, config.default_value) == (config_type, default)


@by_release
def test_an_integer_is_asked_for_by_all_that_read_it(version: str) -> None:
    """Where one place in the code takes more than an integer, the user may give more."""
    for name, config in property_configs(version).items():
        listed = table(version).named(name)
        if config.config_type is ConfigType.INTEGER and listed and name not in LISTENING:
            assert asked_for(listed) <= {"int", "long"}, name


def test_an_integer_that_java_could_not_hold_is_refused() -> None:
    """The daemon would end with a NumberFormatException."""
    found = property_configs("3.5.0")
    assert found["dfs.replication"].problem_with(2**31)
    assert not found["mapreduce.map.memory.mb"].problem_with(2**31)
    assert found["mapreduce.map.memory.mb"].problem_with(2**63)


@pytest.mark.parametrize(
    ("name", "policy", "processes", "scope"),
    [
        ("dfs.namenode.handler.count", UpdatePolicy.RESTART, ("namenode", "secondarynamenode"), Scope.CLUSTER),
        ("dfs.datanode.handler.count", UpdatePolicy.ROLLING, ("datanode",), Scope.NODE),
        ("yarn.nodemanager.resource.memory-mb", UpdatePolicy.ROLLING, ("nodemanager",), Scope.NODE),
        ("yarn.scheduler.maximum-allocation-mb", UpdatePolicy.RESTART, ("resourcemanager",), Scope.CLUSTER),
        ("mapreduce.map.memory.mb", UpdatePolicy.LIVE, (), Scope.CLUSTER),
        ("mapreduce.jobhistory.max-age-ms", UpdatePolicy.RESTART, ("historyserver",), Scope.CLUSTER),
        ("mapreduce.shuffle.port", UpdatePolicy.ROLLING, ("nodemanager",), Scope.NODE),
        ("dfs.replication", UpdatePolicy.LIVE, (), Scope.CLUSTER),
    ],
)
def test_a_change_touches_what_reads_the_property(
    name: str, policy: UpdatePolicy, processes: tuple[str, ...], scope: Scope
) -> None:
    """And only what a machine reads for itself may differ between machines."""
    config: Config = property_configs("3.5.0")[name]
    assert (config.update_policy, config.update_processes, config.scope) == (policy, processes, scope)


@pytest.mark.parametrize(
    "name",
    [
        "fs.defaultFS",
        "dfs.namenode.name.dir",
        "dfs.hosts.exclude",
        "dfs.namenode.rpc-bind-host",
        "yarn.nodemanager.bind-host",
        "dfs.namenode.rpc-address.cluster.nn1",
        "dfs.ha.namenodes.cluster",
        "dfs.client.failover.proxy.provider.cluster",
        "dfs.datanode.https.address",
        "yarn.resourcemanager.webapp.https.address",
    ],
)
def test_what_serai_sets_itself_is_reserved(name: str) -> None:
    """With a reason, listed or not."""
    assert reserved.reason(name)
    assert name not in property_configs("3.5.0")


def test_everything_that_is_generated_is_reserved() -> None:
    """Else a user's value would be overridden in silence; ports are taken from the user's."""
    instance = Instance("1", "c-all-1", "10.0.0.1")
    group = NodeGroup("all", 1, list(EVERY_PROCESS), instances=[instance])
    Cluster("c", "hadoop", VERSIONS[0], [group]).bind_configs(configs(VERSIONS[0]))
    instance.bind(FleetRemote(Fleet().host("c-all-1"), Layout("/opt/serai/c"), Rules()))
    names = {name for properties in generated_properties(instance).values() for name in properties}
    assert "dfs.namenode.name.dir" in names
    assert [name for name in names - LISTENING.keys() if not reserved.reason(name)] == []


@pytest.mark.parametrize("name", ["dfs.replication", "dfs.namenode.rpc-address", "fs.s3a.bucket.logs.endpoint"])
def test_what_serai_does_not_set_is_not_reserved(name: str) -> None:
    """Else it could be set nowhere."""
    assert reserved.reason(name) == ""
