"""Reading and writing objects: exact, whole, every fault at once, secrets never in clear."""

import json
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import PurePosixPath
from typing import Any

import pytest
from attrs import fields

from serai.engine.serialization import make_converter
from serai.hookspec.cluster import Cluster, ClusterStatus, Instance, NodeGroup
from serai.hookspec.configs import Config, ConfigType, Recommendation, UserInput
from serai.hookspec.errors import SeraiError, ValidationFailed
from serai.hookspec.facts import Facts
from serai.hookspec.listening import Event, EventKind
from serai.hookspec.secrets import Secret


class Base64:
    """A codec that seals nothing, and shows what was sealed."""

    def seal(self, secret: Secret) -> str:
        return b64encode(secret.reveal().encode()).decode()

    def sealed(self, token: str) -> Secret:
        return Secret(b64decode(token).decode())


@pytest.fixture
def cluster() -> Cluster:
    """A cluster with an instance and a secret."""
    return Cluster(
        "demo",
        "grid",
        "2.1.0",
        [NodeGroup("nodes", 1, ["node"], {"service:Grid": {"Heap": 64}}, instances=[Instance("i-1", "demo-nodes-1")])],
        {"service:Console": {"Password": Secret("hunter2")}},
        recommendations=(Recommendation("service:Grid", "Heap", 64, "nodes", "a reason"),),
        status=ClusterStatus.ACTIVE,
        created_at=datetime(2025, 1, 31, 12, tzinfo=UTC),
    )


@pytest.fixture
def data(cluster: Cluster) -> dict[str, Any]:
    """That cluster as data."""
    data: dict[str, Any] = make_converter().unstructure(cluster)
    return data


def faults(data: Any, kind: type = Cluster) -> list[tuple[str, str, str]]:
    """Path, code and message of everything wrong with data."""
    with pytest.raises(ValidationFailed) as caught:
        make_converter().structure(data, kind)
    return [(error.path, error.code, error.error_message) for error in caught.value.errors]


def test_back_references_are_left_out_and_restored(data):
    """Reading sets them; writing would never end."""
    cluster = make_converter().structure(data, Cluster)
    (group,) = cluster.node_groups
    assert group.cluster is cluster
    assert group.instances[0].node_group is group


def test_what_the_engine_lends_is_no_data(data):
    """Connections, facts and bound configs belong to a running operation."""
    lent = {"remote", "facts", "configs", "defaults", "recommended", "cluster", "node_group"}
    (group,) = data["node_groups"]
    assert lent.isdisjoint({key.strip("_") for key in (*data, *group, *group["instances"][0])} - {"recommendations"})


def test_a_cluster_carries_the_version_of_its_shape(data):
    """An integer, so that a later Serai knows what it reads."""
    assert data["schema_version"] == 1


@pytest.mark.parametrize(
    ("version", "code"), [(2, "UNSUPPORTED_SCHEMA_VERSION"), ("1", "WRONG_TYPE"), (None, "MISSING_KEY")]
)
def test_another_version_is_not_read(data, version, code):
    """Rather than misread."""
    data["schema_version"] = version
    assert [(path, found) for path, found, _ in faults(data)] == [("schema_version", code)]


def test_times_are_iso(data):
    """With their offset."""
    assert data["created_at"] == "2025-01-31T12:00:00+00:00"


def test_secrets_are_masked(cluster):
    """Unless somebody can seal them."""
    text = make_converter().to_json(cluster)
    assert "hunter2" not in text
    assert json.loads(text)["cluster_configs"]["service:Console"]["Password"] == "******"


def test_a_codec_seals_and_unseals(cluster):
    """That is how the store keeps them."""
    converter = make_converter(Base64())
    text = converter.to_json(cluster)
    assert "hunter2" not in text
    assert converter.from_json(text, Cluster).cluster_configs["service:Console"]["Password"] == Secret("hunter2")


@pytest.mark.parametrize("key", ["$secret", "$$secret", "$other"])
def test_a_user_cannot_forge_a_sealed_secret(key):
    """A mapping that looks like one comes back as the mapping it was."""
    converter = make_converter(Base64())
    cluster = Cluster("demo", "grid", "1", extra={"mine": {key: "aHVudGVyMg=="}})
    assert converter.from_json(converter.to_json(cluster), Cluster) == cluster


def test_a_damaged_seal_is_a_fault(cluster):
    """Not a secret of another type."""
    converter = make_converter(Base64())
    data = converter.unstructure(cluster)
    data["cluster_configs"]["service:Console"]["Password"] = {"$secret": 5}
    with pytest.raises(ValidationFailed, match="must be a sealed secret"):
        converter.structure(data, Cluster)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("count", "2", "must be an integer (got '2')"),
        ("count", True, "must be an integer (got true)"),
        ("count", 2.0, "must be an integer (got 2.0)"),
        ("count", None, "must be an integer (got null)"),
        ("name", 4.3, "must be a string (got 4.3)"),
        ("name", None, "must be a string (got null)"),
        ("use_autoconfig", "false", "must be true or false (got 'false')"),
        ("use_autoconfig", 0, "must be true or false (got 0)"),
        ("node_processes", "abc", "must be a list (got 'abc')"),
        ("node_processes", {"a": 1}, "must be a list (got a mapping)"),
        ("node_configs", [], "must be a mapping (got a list)"),
        ("flavor_id", 3, "must be a string (got 3)"),
        ("min_ready", "1", "must be an integer (got '1')"),
    ],
)
def test_nothing_is_converted(data, field, value, message):
    """cattrs alone would make 2 of "2", False of "false", "None" of None and three processes of "abc"."""
    data["node_groups"][0][field] = value
    assert faults(data) == [(f"node_groups[0].{field}", "WRONG_TYPE", message)]


def test_an_enumeration_takes_its_values_only(data):
    """With the nearest one as a hint."""
    data["status"] = "Activ"
    with pytest.raises(ValidationFailed) as caught:
        make_converter().structure(data, Cluster)
    (error,) = caught.value.errors
    assert (error.path, error.code, error.hint) == ("status", "NOT_ALLOWED", "did you mean 'Active'?")


def test_all_faults_are_told_at_once(data):
    """Wherever they are."""
    data["colour"] = "red"
    data["is_protected"] = "no"
    del data["name"]
    data["node_groups"][0]["instances"][0]["volumes"] = ["/a", 5]
    data["extra"] = {"a": [1, {"b": {1, 2}}]}
    data["created_at"] = "yesterday"
    assert {(path, code) for path, code, _ in faults(data)} == {
        ("colour", "UNKNOWN_KEY"),
        ("is_protected", "WRONG_TYPE"),
        ("name", "MISSING_KEY"),
        ("node_groups[0].instances[0].volumes[1]", "WRONG_TYPE"),
        ("extra.a[1].b", "WRONG_TYPE"),
        ("created_at", "WRONG_TYPE"),
    }


def test_an_unknown_key_comes_with_the_nearest_known_one(data):
    """A typo is the likely reason."""
    data["node_groups"][0]["cuont"] = 1
    with pytest.raises(ValidationFailed) as caught:
        make_converter().structure(data, Cluster)
    assert [(error.path, error.hint) for error in caught.value.errors] == [
        ("node_groups[0].cuont", "did you mean 'count'?")
    ]


@pytest.mark.parametrize("key", ["_cluster", "cluster", "_configs", "facts", "_remote"])
def test_what_is_not_written_is_not_read_either(data, key):
    """A document cannot set what the engine lends."""
    data["node_groups"][0][key] = None
    assert [(path, code) for path, code, _ in faults(data)] == [(f"node_groups[0].{key}", "UNKNOWN_KEY")]


@pytest.mark.parametrize("data", [None, [], "x", 5, {1: 2}])
def test_what_is_no_mapping_is_no_object(data):
    """Said of the whole document."""
    assert [(path, code) for path, code, _ in faults(data)] == [("", "WRONG_TYPE")]


def test_a_value_that_contains_itself_is_a_fault(data):
    """And no crash."""
    data["extra"]["self"] = data["extra"]
    assert ("extra", "DOCUMENT_TOO_LARGE") in [(path, code) for path, code, _ in faults(data)]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_are_none_are_refused_both_ways(number, data):
    """JSON does not have them."""
    with pytest.raises(SeraiError, match="JSON does not have"):
        make_converter().to_json(Cluster("demo", "grid", "1", extra={"x": number}))
    data["extra"] = {"x": number}
    assert [path for path, _, _ in faults(data)] == ["extra.x"]


@pytest.mark.parametrize(
    "wrong",
    [
        Instance(internal_ip=IPv4Address("127.0.0.1")),  # type: ignore[arg-type]
        NodeGroup("nodes", count="2"),  # type: ignore[arg-type]
        NodeGroup("nodes", node_processes="node"),  # type: ignore[arg-type]
        NodeGroup("nodes", extra={"when": datetime.now(UTC)}),
        NodeGroup("nodes", extra={5: "x"}),  # type: ignore[dict-item]
        Cluster("demo", "grid", "1", created_at="today"),  # type: ignore[arg-type]
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_could_not_be_read_back_is_not_written(wrong):
    """A cluster in the store must stay readable, whatever a plugin put into it."""
    with pytest.raises(SeraiError) as caught:
        make_converter().to_json(wrong)
    assert caught.value.code == "NOT_SERIALISABLE"


def test_a_path_among_free_values_is_text():
    """Plugins publish paths that are strings by inheritance."""

    class LocalPath(str):
        __slots__ = ()

    cluster = Cluster(
        "demo", "grid", "1", info={"log": LocalPath(PurePosixPath("/var/log")), "kind": EventKind.WARNING}
    )
    assert make_converter().unstructure(cluster)["info"] == {"log": "/var/log", "kind": "warning"}


def test_nothing_is_shared_with_the_data(data):
    """Changing the object does not change the document."""
    data["extra"] = {"a": [1]}
    cluster = make_converter().structure(data, Cluster)
    cluster.extra["a"].append(2)
    cluster.node_groups[0].node_processes.append("other")
    assert (data["extra"], data["node_groups"][0]["node_processes"]) == ({"a": [1]}, ["node"])


def test_json_is_sorted_and_plain_ascii():
    """Equal objects give equal bytes."""
    text = make_converter().to_json(Facts(hostname="käse"))
    assert text.isascii()
    assert list(json.loads(text)) == sorted(json.loads(text))


def test_text_that_is_no_json_is_a_fault():
    """Told as any other."""
    with pytest.raises(ValidationFailed, match="INVALID_SYNTAX"):
        make_converter().from_json("{", Facts)


def test_lists_of_objects_are_read_and_written():
    """Stores and hosts pass them around."""
    events = [
        Event(EventKind.WARNING, "demo", "op", datetime(2025, 1, 1, tzinfo=UTC), message=str(n)) for n in range(3)
    ]
    converter = make_converter()
    assert converter.structure(converter.unstructure(events), list[Event]) == events


def test_a_users_input_is_written_with_its_config():
    """The seed's object for a value that a user gave."""
    converter = make_converter()
    given = UserInput(Config("Heap", config_type=ConfigType.INTEGER), 5)
    assert converter.structure(converter.unstructure(given), UserInput) == given


def test_every_field_of_a_cluster_is_written(data):
    """But those marked as no part of its value."""
    expected = {each.name for each in fields(Cluster) if each.metadata.get("serialise") is not False}
    assert set(data) == expected | {"schema_version"}
