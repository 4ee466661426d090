"""How the rules, the provider and the plugins work together."""

import pytest
from attrs import evolve

from serai.engine.documents.codes import MEANINGS, Code
from serai.engine.spec import ClusterSpec, NodeGroupSpec
from serai.engine.validation import validate_spec, validated_cluster
from serai.engine.validation.rules import RULES
from serai.hookspec import hookimpl
from serai.hookspec.errors import InvalidCluster, InvalidResult, PluginFailed, ValidationFailed
from serai.hookspec.objects import Recommendation, ValidationError
from serai.hookspec.secrets import Secret


def codes(errors):
    """Code and path of each error."""
    return [(error.code, error.path) for error in errors]


def test_a_valid_spec_becomes_a_cluster_ready_to_be_made(document, catalog):
    """With facts, recommendations, defaults and wrapped secrets; without instances."""
    cluster = validated_cluster(ClusterSpec.from_dict(document), catalog)
    master, nodes = cluster.node_groups
    assert master.facts.memory_mb == 4096
    assert master.configuration["service:Grid"]["Heap"] == 1024
    assert nodes.configuration["service:Grid"]["Mode"] == "fast"
    assert cluster.cluster_configs["service:Console"]["Password"] == Secret("hunter2")
    assert cluster.instances == []


def test_an_invalid_spec_becomes_one_error_with_all_of_them(document, catalog):
    """That is what a host service catches."""
    document.update(name="my_demo", colour="red")
    with pytest.raises(ValidationFailed) as caught:
        validated_cluster(ClusterSpec.from_dict(document), catalog)
    assert codes(caught.value.errors) == [("UNKNOWN_KEY", "colour"), ("INVALID_NAME", "name")]


def test_the_spec_of_a_program_is_checked_as_a_document_is(catalog):
    """Wrong types are errors, not exceptions out of a rule."""
    spec = ClusterSpec("demo", "grid", "2.1.0", node_groups=[NodeGroupSpec("a", None)])  # type: ignore[arg-type]
    assert ("WRONG_TYPE", "node_groups[0].count") in codes(validate_spec(spec, catalog))


def test_errors_below_a_misspelt_key_are_told_where_they_are(document, catalog):
    """With the key as the user spells it."""
    document["node_group"] = document.pop("node_groups")
    document["node_group"][1]["node_processes"].append("zzz")
    document["node_group"][0]["count"] = 0
    assert codes(validate_spec(ClusterSpec.from_dict(document), catalog)) == [
        ("UNKNOWN_KEY", "node_group"),
        ("UNKNOWN_PROCESS", "node_group[1].node_processes[2]"),
        ("NOT_SINGLE_MASTER", "node_group"),
    ]


@pytest.mark.parametrize(
    ("value", "hint"),
    [("mster", "did you mean 'master'?"), ("zzz", "one of: console, exporter, master, node")],
)
def test_an_unknown_name_comes_with_the_nearest_or_with_all(document, catalog, value, hint):
    """The next action is to choose one of them."""
    document["anti_affinity"] = [value]
    (error,) = validate_spec(ClusterSpec.from_dict(document), catalog)
    assert error.hint == hint


def test_a_config_error_names_its_config(document, catalog):
    """Hosts show it beside the field."""
    document["cluster_configs"]["service:Grid"]["Port"] = "x"
    (error,) = validate_spec(ClusterSpec.from_dict(document), catalog)
    assert error.config.name == "Port"


def test_mistakes_are_checked_against_the_plugin_that_was_meant(document, catalog):
    """A misspelt plugin and version hide nothing."""
    document.update(plugin_name="gird", hadoop_version="2.1")
    document["cluster_configs"]["general"] = {"Onwer": "me"}
    document["node_groups"][0]["count"] = 3
    assert codes(validate_spec(ClusterSpec.from_dict(document), catalog)) == [
        ("PLUGIN_NOT_FOUND", "plugin_name"),
        ("VERSION_NOT_FOUND", "hadoop_version"),
        ("UNKNOWN_CONFIG", "cluster_configs.general.Onwer"),
        ("NOT_SINGLE_MASTER", "node_groups"),
    ]


def test_a_plugin_that_knows_why_there_is_no_such_config_is_heard_instead(document, grid, catalog_of):
    """The name of another config that is spelt alike would be bad advice; what is a secret maybe is shown to nobody."""
    seen = []

    def validate(self, cluster):
        seen.extend(cluster.cluster_configs["service:Grid"])
        seen.extend(cluster.cluster_configs["service:Console"])
        raise InvalidCluster("it is ours", code="RESERVED", place='cluster_configs["service:Grid"].Ports')

    strict = type("Strict", (grid,), {"validate": hookimpl(validate)})()
    document["cluster_configs"]["service:Grid"] |= {"Ports": 1, "Nothing": 2}
    document["cluster_configs"]["service:Console"] = {"Pasword": "hunter2"}
    errors = validate_spec(ClusterSpec.from_dict(document), catalog_of(strict))
    assert codes(errors) == [
        ("UNKNOWN_CONFIG", 'cluster_configs["service:Grid"].Nothing'),
        ("UNKNOWN_CONFIG", 'cluster_configs["service:Console"].Pasword'),
        ("RESERVED", 'cluster_configs["service:Grid"].Ports'),
    ]
    assert {"Ports", "Nothing"} <= set(seen)
    assert "Pasword" not in seen


def test_without_a_plugin_the_rest_is_checked(document, catalog):
    """What no plugin is needed for."""
    document.update(plugin_name="zzz", name="-")
    document["node_groups"][1].update(count=-1, node_processes=["node", "node"])
    assert codes(validate_spec(ClusterSpec.from_dict(document), catalog)) == [
        ("PLUGIN_NOT_FOUND", "plugin_name"),
        ("INVALID_NAME", "name"),
        ("OUT_OF_RANGE", "node_groups[1].count"),
        ("DUPLICATE_PROCESS", "node_groups[1].node_processes[1]"),
    ]


def crashing(grid, *hooks):
    """The framework with hooks that have a defect."""

    def crash(self, cluster):
        raise ZeroDivisionError(cluster.name)

    return type("Crashing", (grid,), {hook: hookimpl(crash) for hook in hooks})()


@pytest.mark.parametrize("hook", ["validate", "recommend_configs"])
def test_a_plugin_that_crashes_is_a_defect(document, grid, catalog_of, hook):
    """It is raised, naming the plugin, and is no error of the document."""
    with pytest.raises(PluginFailed, match="ZeroDivisionError"):
        validate_spec(ClusterSpec.from_dict(document), catalog_of(crashing(grid, hook)))


@pytest.mark.parametrize("hook", ["validate", "recommend_configs"])
def test_a_plugin_that_crashes_over_mistakes_is_excused(document, grid, catalog_of, hook):
    """The mistakes may be why."""
    document["name"] = "my_demo"
    errors = validate_spec(ClusterSpec.from_dict(document), catalog_of(crashing(grid, hook)))
    assert codes(errors) == [("INVALID_NAME", "name")]


def test_a_plugin_that_crashes_does_not_silence_the_provider(document, grid, catalog_of):
    """Each is asked, whatever became of the one before."""
    document["node_groups"][1]["count"] = 50
    errors = validate_spec(ClusterSpec.from_dict(document), catalog_of(crashing(grid, "recommend_configs")))
    assert codes(errors) == [("NO_ROOM", "infrastructure")]


@pytest.mark.parametrize(
    ("recommendation", "message"),
    [
        (Recommendation("service:Grid", "Heap", "1024"), "must be an integer"),
        (Recommendation("service:Grid", "Heap", 1), "must be at least 64"),
        (Recommendation("service:Grid", "Zzz", 1), "there is no config 'Zzz'"),
        (Recommendation("service:Grid", "Heap", 64, "others"), "node group 'others'"),
    ],
)
def test_a_recommendation_that_cannot_be_used_is_a_defect(document, grid, catalog_of, recommendation, message):
    """A value that nobody asked for must at least be possible."""
    plugin = type("Odd", (grid,), {"recommend_configs": hookimpl(lambda self: [recommendation])})()
    with pytest.raises(InvalidResult, match=message):
        validate_spec(ClusterSpec.from_dict(document), catalog_of(plugin))


def test_without_autoconfig_nothing_is_recommended(document, catalog):
    """Neither for the cluster nor for a node group that does not want it."""
    spec = ClusterSpec.from_dict(document)
    assert validated_cluster(evolve(spec, use_autoconfig=False), catalog).recommendations == ()
    master = evolve(spec.node_groups[0], use_autoconfig=False)
    cluster = validated_cluster(evolve(spec, node_groups=[master, spec.node_groups[1]]), catalog)
    assert cluster.node_groups[0].configuration["service:Grid"]["Heap"] == 512


def test_plugin_errors_about_what_is_wrong_anyway_are_left_out(document, grid, catalog_of):
    """They follow from it; others are kept, each once."""
    found = [
        ValidationError(error_message="too few", path="node_groups[1].count", code="FEW"),
        ValidationError(error_message="no", path='node_groups[1].node_configs["service:Grid"].Heap', code="HEAP"),
        ValidationError(error_message="no", path='node_groups[1].node_configs["service:Grid"].Heap', code="HEAP"),
        ValidationError(error_message="of the whole", code="WHOLE"),
        ValidationError(error_message="in words of its own", path="the nodes", code="WORDS"),
    ]

    def validate(self):
        raise ValidationFailed(found)

    document["node_groups"][1]["count"] = "3"
    plugin = type("Strict", (grid,), {"validate": hookimpl(validate)})()
    assert codes(validate_spec(ClusterSpec.from_dict(document), catalog_of(plugin))) == [
        ("WRONG_TYPE", "node_groups[1].count"),
        ("HEAP", 'node_groups[1].node_configs["service:Grid"].Heap'),
        ("WHOLE", ""),
        ("WORDS", '["the nodes"]'),
    ]


def test_a_plugin_that_is_not_enabled_is_refused(document, grid, catalog_of):
    """Whatever the version."""
    labels = {"plugin_labels": {"enabled": {"status": False}}}
    plugin = type("Retired", (grid,), {"get_labels": hookimpl(lambda self: labels)})()
    errors = validate_spec(ClusterSpec.from_dict(document), catalog_of(plugin))
    assert codes(errors) == [("PLUGIN_NOT_ENABLED", "plugin_name")]


@pytest.mark.parametrize("labels", [{}, {"version_labels": None}, {"version_labels": {"2.1.0": {"stable": {}}}}])
def test_labels_that_say_nothing_enable(document, grid, catalog_of, labels):
    """A plugin need not have any."""
    plugin = type("Plain", (grid,), {"get_labels": hookimpl(lambda self: labels)})()
    assert validate_spec(ClusterSpec.from_dict(document), catalog_of(plugin)) == []


def test_every_code_has_a_meaning():
    """The page of codes is made of them."""
    assert set(MEANINGS) == set(Code)
    assert all(meaning.endswith(".") for meaning in MEANINGS.values())


def test_every_rule_says_what_holds():
    """A rule is read by its docstring."""
    assert all(rule.__doc__ for rule in RULES)
