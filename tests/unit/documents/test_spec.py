"""Cluster documents as objects: read whole, mistakes included, and made into clusters."""

import json

import pytest
from attrs import evolve, fields

from serai.engine.spec import ClusterSpec, NodeGroupSpec
from serai.hookspec.cluster import Cluster, NodeGroup
from serai.hookspec.configs import Config, ConfigType
from serai.hookspec.errors import SeraiError, ValidationFailed
from serai.hookspec.secrets import Secret

MINIMAL = {"name": "demo", "plugin_name": "grid", "hadoop_version": "1", "node_groups": [{"name": "nodes"}]}

ENGINES_OWN = {
    NodeGroup: {"extra", "instances", "quarantined", "id", "_cluster", "facts"},
    Cluster: {"info", "extra", "recommendations", "status", "status_reason", "id", "created_at", "updated_at"}
    | {"_configs", "_defaults", "_recommended"},
}


@pytest.mark.parametrize(("spec", "made"), [(ClusterSpec, Cluster), (NodeGroupSpec, NodeGroup)])
def test_a_user_can_set_every_field_that_is_not_the_engines(spec, made):
    """A field added to the object model must be given to one or the other."""
    settable = {field.name for field in fields(spec)} - {"schema_version", "reading"}
    assert settable == {field.name for field in fields(made)} - ENGINES_OWN[made]


def test_what_is_left_out_has_its_default():
    """Machines come from this one, and a group has one instance."""
    spec = ClusterSpec.from_dict(MINIMAL)
    assert (spec.infrastructure, spec.node_groups[0].count, spec.problems) == ({"provider": "local"}, 1, ())


@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_a_document_comes_back_as_it_was(tmp_path, document, suffix):
    """JSON is YAML too."""
    path = tmp_path / f"cluster.{suffix}"
    path.write_text(json.dumps(document))
    spec = ClusterSpec.from_file(path)
    assert spec == ClusterSpec.from_dict(document)
    assert ClusterSpec.from_dict(spec.to_dict()) == spec


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("hosts.yaml", "{directory}/hosts.yaml"),
        ("../racks/hosts.yaml", "{parent}/racks/hosts.yaml"),
        ("/etc/hosts.yaml", "/etc/hosts.yaml"),
        ("~/hosts.yaml", "{home}/hosts.yaml"),
    ],
)
def test_an_inventory_is_found_from_the_document(tmp_path, monkeypatch, given, found):
    """Wherever the process is, now and later."""
    directory = tmp_path / "clusters"
    directory.mkdir()
    (directory / "cluster.json").write_text(json.dumps({**MINIMAL, "infrastructure": {"inventory": given, "x": 1}}))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    expected = found.format(directory=directory, parent=tmp_path, home=tmp_path / "home")
    assert ClusterSpec.from_file("clusters/cluster.json").infrastructure == {"inventory": expected, "x": 1}


def test_an_inventory_that_comes_from_no_file_stays_as_it_is():
    """There is nothing it could be relative to."""
    infrastructure = {"provider": "ssh", "inventory": "hosts.yaml"}
    assert ClusterSpec.from_dict({**MINIMAL, "infrastructure": infrastructure}).infrastructure == infrastructure


@pytest.mark.parametrize("odd", [7, "", None, ["hosts.yaml"]])
def test_an_inventory_that_is_no_path_is_left_to_the_provider(tmp_path, odd):
    """Who knows what it should be says what is wrong with it."""
    (tmp_path / "cluster.json").write_text(json.dumps({**MINIMAL, "infrastructure": {"inventory": odd}}))
    assert ClusterSpec.from_file(tmp_path / "cluster.json").infrastructure == {"inventory": odd}


def test_a_cluster_gives_the_spec_it_was_made_of(document):
    """So that it can be made again."""
    spec = ClusterSpec.from_dict(document)
    assert ClusterSpec.from_cluster(spec.to_cluster()) == spec


def test_a_cluster_shares_nothing_with_its_spec(document):
    """Whatever a plugin does to the cluster, the spec can be used again."""
    spec = ClusterSpec.from_dict(document)
    cluster = spec.to_cluster()
    cluster.cluster_configs["general"]["Owner"] = "you"
    cluster.node_groups[0].node_processes.clear()
    cluster.infrastructure.clear()
    assert spec == ClusterSpec.from_dict(document)


def test_values_of_secret_configs_are_wrapped():
    """From here on nobody prints them by accident."""
    configs = [Config("Password", config_type=ConfigType.SECRET, default_value="none"), Config("Owner")]
    values = {"general": {"Password": "hunter2", "Owner": "me"}}
    spec = ClusterSpec("demo", "grid", "1", node_groups=[NodeGroupSpec("nodes", node_configs=values)])
    cluster = evolve(spec, cluster_configs=values).to_cluster(configs)
    wrapped = {"general": {"Password": Secret("hunter2"), "Owner": "me"}}
    assert (cluster.cluster_configs, cluster.node_groups[0].node_configs) == (wrapped, wrapped)
    assert "hunter2" not in repr(cluster.node_groups[0].configuration)


def test_a_spec_does_not_show_its_values():
    """Which of them are secret, only a plugin knows."""
    spec = ClusterSpec.from_dict({**MINIMAL, "cluster_configs": {"general": {"Password": "hunter2"}}})
    assert "hunter2" not in repr(spec)


def test_mistakes_are_kept_beside_what_was_meant():
    """The rules get the likely meaning to look at."""
    spec = ClusterSpec.from_text(
        "name: demo\nplugin_name: grid\nhadop_version: 2.1\nnode_groups:\n- {name: a, count: '2', node_processes: x}\n"
    )
    assert [str(problem) for problem in spec.problems] == [
        "hadop_version: unknown key 'hadop_version' [UNKNOWN_KEY] (did you mean 'hadoop_version'?)",
        "hadop_version: must be a string (got 2.1) [WRONG_TYPE] (put it in quotes)",
        "node_groups[0].count: must be an integer (got '2') [WRONG_TYPE] (write it without quotes: 2)",
        "node_groups[0].node_processes: must be a list (got 'x') [WRONG_TYPE] (write it as a list: [x])",
    ]
    assert (spec.hadoop_version, spec.node_groups[0]) == ("2.1", NodeGroupSpec("a", 2, ("x",)))


def test_faulty_items_do_not_move_the_others():
    """Places in later errors are still the document's."""
    spec = ClusterSpec.from_dict({**MINIMAL, "node_groups": ["oops", {"name": "a", "node_processes": [3, "x"]}]})
    assert [group.name for group in spec.node_groups] == ["", "a"]
    assert spec.node_groups[1].node_processes == ("3", "x")


def test_a_key_given_twice_is_a_problem_also_below_a_misspelt_one():
    """Its place is taken as faulty under the name that was meant."""
    spec = ClusterSpec.from_text(
        "{name: demo, plugin_name: grid, hadoop_version: x, node_group: [{name: a, count: 1, count: 2}]}"
    )
    assert [(problem.code, problem.path) for problem in spec.problems] == [
        ("DUPLICATE_KEY", "node_group[0].count"),
        ("UNKNOWN_KEY", "node_group"),
    ]
    assert spec.reading.is_faulty(("node_groups", 0, "count"))


def test_a_spec_with_problems_makes_no_cluster_and_no_document():
    """Something of it would be lost."""
    spec = ClusterSpec.from_dict({**MINIMAL, "colour": "red"})
    for use in (spec.to_cluster, spec.to_dict):
        with pytest.raises(ValidationFailed, match="colour"):
            use()


@pytest.mark.parametrize("text", ["", "null", "- a", "5", "a: [", '{"a": 1,', "1: 2"])
def test_what_is_no_document_is_refused_at_once(text):
    """There is nothing to go on with."""
    with pytest.raises(ValidationFailed) as caught:
        ClusterSpec.from_text(text)
    assert len(caught.value.errors) == 1


def test_a_missing_file_is_no_traceback(tmp_path):
    """But an error that says what to do."""
    with pytest.raises(SeraiError, match="no such file"):
        ClusterSpec.from_file(tmp_path / "none.yaml")


def test_the_document_given_is_not_changed():
    """Mending works on a copy."""
    document = {**MINIMAL, "node_groups": [{"nam": "a", "count": "2"}], "auxiliary_plugins": (1,)}
    before = repr(document)
    assert len(ClusterSpec.from_dict(document).problems) == 3
    assert repr(document) == before


def test_a_spec_made_in_a_program_is_checked_like_a_document():
    """Types are not enforced by Python."""
    spec = ClusterSpec("demo", "grid", 2, node_groups=[NodeGroupSpec("a", "2")])  # type: ignore[arg-type]
    assert [problem.path for problem in spec.checked().problems] == ["hadoop_version", "node_groups[0].count"]


def test_checking_keeps_a_secret_that_a_program_passes():
    """A host service may wrap it itself."""
    values = {"general": {"Password": Secret("hunter2")}}
    spec = ClusterSpec("demo", "grid", "1", cluster_configs=values)
    assert spec.checked() == spec
    assert spec.to_dict()["cluster_configs"] == {"general": {"Password": "******"}}


def test_a_spec_that_contains_itself_is_refused():
    """A program can build one; a document cannot."""
    options: dict[str, object] = {"provider": "local"}
    options["self"] = options
    with pytest.raises(ValidationFailed, match="DOCUMENT_TOO_LARGE"):
        ClusterSpec("demo", "grid", "1", infrastructure=options).checked()
