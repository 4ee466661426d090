"""Each hook through a stack: order, merging, the culprit's name."""

import pytest

from serai.engine.plugins.catalog import Catalog, admitted
from serai.hookspec import hookimpl
from serai.hookspec.changes import Changes, Step, ValueChange
from serai.hookspec.configs import Config, UpdatePolicy
from serai.hookspec.errors import InvalidResult, PluginConflict, PluginFailed, SeraiError, ValidationFailed
from serai.hookspec.semantics import Role

PROVISIONING_FIRST = ["framework", "monitor", "notebook"]
AUXILIARIES_FIRST = ["notebook", "monitor", "framework"]


def test_hook_get_versions_is_the_provisioning_plugins(stack):
    """The versions come from the provisioning plugin, in its order."""
    assert stack.get_versions() == ["2.0", "1.0"]


def test_hook_get_configs_concatenates_in_call_order(stack):
    """All plugins' configs, the provisioning plugin's first."""
    assert [config.name for config in stack.get_configs()] == ["heap", "interval", "interval"]


def test_hook_get_node_processes_unites(stack):
    """Services of all plugins, in call order."""
    assert list(stack.get_node_processes().items()) == [
        ("Store", ["keeper", "holder"]),
        ("monitor", ["monitord"]),
        ("notebook", ["notebookd"]),
    ]


def test_hook_get_required_image_tags_unites_once_each(stack):
    """Tags in call order, none twice."""
    assert stack.get_required_image_tags() == ["framework", "2.0", "monitor", "notebook"]


def test_hook_get_labels_come_from_the_provisioning_plugin(stack):
    """Labels are the provisioning plugin's."""
    assert stack.get_labels()["plugin_labels"] == {"stable": {"status": True}}


def test_hook_extends_decides_whether_an_auxiliary_joins(catalog, framework_with, calls):
    """An auxiliary that does not fit is refused, by name."""

    class Picky:
        @hookimpl
        def extends(self, plugin_name):
            return plugin_name == "other"

    framework = catalog.provisioning["framework"]
    strict = Catalog(plugins=[framework, admitted("picky", Role.AUXILIARY, Picky())], discover=False)
    with pytest.raises(SeraiError, match=r"'picky' does not extend framework 2\.0") as caught:
        strict.stack("framework", "2.0", ["picky"])
    assert caught.value.code == "AUXILIARY_DOES_NOT_EXTEND"


def test_hook_recommend_configs_concatenates(stack, cluster):
    """Recommendations of all plugins."""
    names = [(item.target, item.name) for item in stack.recommend_configs(cluster, scaling=False)]
    assert names == [("service:Store", "heap"), ("service:monitor", "interval"), ("service:notebook", "interval")]


def test_hook_validate_runs_every_plugin_and_raises_all_errors_together(stack, cluster):
    """One plugin's errors do not hide another's."""
    with pytest.raises(ValidationFailed) as caught:
        stack.validate(cluster)
    assert [error.code for error in caught.value.errors] == ["NOT_SINGLE_NAME_NODE", "NO_MONITOR", "NO_MONITOR"]


def test_hook_validate_reads_as_in_the_document(stack, cluster):
    """Code and message of the SPI document's example come through unchanged."""
    with pytest.raises(ValidationFailed) as caught:
        stack.validate(cluster)
    error = caught.value.errors[0]
    assert (error.code, error.error_message) == (
        "NOT_SINGLE_NAME_NODE",
        "Hadoop cluster should contain only 1 NameNode instance. Actual NN count is 2",
    )


def test_hook_validate_scaling_counts_returned_and_raised_errors(stack, cluster):
    """A plugin may return errors or raise them."""
    errors = stack.validate_scaling(cluster, {"all": 0}, {})
    assert [error.code for error in errors] == ["TOO_FEW", "MONITOR_STAYS", "MONITOR_STAYS"]


def test_hook_get_root_commands_unites_in_call_order(stack, cluster):
    """Each thing once, the provisioning plugin's first."""
    told = stack.get_root_commands(cluster.node_groups[0])
    assert told == ["install packages", "mount disks of all", "start monitor", "start notebook"]


def test_hook_get_root_commands_must_be_words(framework_with, cluster):
    """What is shown to people can be read by them."""
    stack = framework_with(get_root_commands=lambda self, node_group: [7]).stack("framework", "2.0")
    with pytest.raises(InvalidResult) as caught:
        stack.get_root_commands(cluster.node_groups[0])
    assert caught.value.origin.hook == "get_root_commands"


def test_hook_get_open_ports_unites_in_call_order(stack, cluster):
    """Each port once, the provisioning plugin's first."""
    assert stack.get_open_ports(cluster.node_groups[0]) == [7000, 7001, 9000, 8888]


def test_hook_update_infra_goes_provisioning_first(stack, cluster, calls):
    """The provisioning plugin, then auxiliaries in the user's order."""
    calls.clear()
    stack.update_infra(cluster)
    assert calls == PROVISIONING_FIRST


def test_hook_configure_cluster_goes_provisioning_first(stack, cluster, calls):
    """The provisioning plugin, then auxiliaries in the user's order."""
    calls.clear()
    stack.configure_cluster(cluster, None)
    assert calls == PROVISIONING_FIRST


def test_hook_start_cluster_goes_provisioning_first(stack, cluster, calls):
    """The provisioning plugin, then auxiliaries in the user's order."""
    calls.clear()
    stack.start_cluster(cluster, None)
    assert calls == PROVISIONING_FIRST


def test_hook_scale_cluster_goes_provisioning_first(stack, cluster, calls):
    """The provisioning plugin, then auxiliaries in the user's order."""
    calls.clear()
    stack.scale_cluster(cluster, [], None)
    assert calls == PROVISIONING_FIRST


def test_hook_decommission_nodes_goes_auxiliaries_first(stack, cluster, calls):
    """What depends on the framework leaves before it."""
    calls.clear()
    stack.decommission_nodes(cluster, [], None)
    assert calls == AUXILIARIES_FIRST


@pytest.fixture
def changes():
    """A change of the framework's only config, about to be written down."""
    heap = Config("heap", applicable_target="service:Store", update_policy="rolling")
    live = Step("live")
    return Changes((ValueChange(heap, 512, 1024, ["all"], "rolling", ["holder"]),), (live,), live)


def test_hook_reconfigure_cluster_is_told_the_step(stack, cluster, changes, calls):
    """Plugins that do not implement it are passed over."""
    calls.clear()
    stack.reconfigure_cluster(cluster, changes, None)
    assert calls == ["framework live"]


def test_hook_reconfigure_cluster_is_known_by_the_plugin_that_declares_a_config(stack):
    """What another plugin would do about it does not count."""
    able = {config.applicable_target for config in stack.get_configs() if stack.reconfigures(config)}
    assert able == {"service:Store"}


def test_hook_get_update_policy_goes_before_the_configs_own(stack, cluster):
    """Where a plugin answers; else the config's own holds."""
    heap = Config("heap", update_policy="rolling")
    assert stack.get_update_policy(cluster, heap, 1024, 512) is UpdatePolicy.LIVE
    assert stack.get_update_policy(cluster, heap, 512, 1024) is UpdatePolicy.ROLLING
    assert stack.get_update_policy(cluster, Config("other"), 1, 2) is UpdatePolicy.IMMUTABLE


def test_hook_get_update_policy_must_give_a_policy(framework_with, cluster):
    """Anything else would decide over processes."""
    catalog = framework_with(get_update_policy=lambda self: "live")
    with pytest.raises(InvalidResult, match="get_update_policy returned str"):
        catalog.stack("framework", "2.0").get_update_policy(cluster, Config("heap"), 1, 2)


def test_hook_get_disruptions_unites_once_each(stack, cluster, changes):
    """In call order, none twice."""
    assert stack.get_disruptions(cluster, changes) == [
        "The store stands still.",
        "monitor sees nothing.",
        "notebook sees nothing.",
    ]


def test_hook_on_terminate_cluster_goes_on_after_a_failure(stack, cluster, calls):
    """Every plugin is called although two raise, and what they raised is told."""
    calls.clear()
    failures = stack.on_terminate_cluster(cluster, None)
    assert calls == AUXILIARIES_FIRST
    assert [failure.origin.plugin for failure in failures] == ["notebook", "monitor"]


def test_hook_get_health_checks_concatenates(stack, cluster):
    """Checks of all plugins."""
    assert [check.name for check in stack.get_health_checks(cluster)] == ["store", "monitor", "notebook"]


def test_hook_get_edp_engine_is_the_first_that_answers(stack, cluster):
    """An auxiliary's engine serves where the provisioning plugin has none; nobody's is None."""
    assert stack.get_edp_engine(cluster, "Shell") is not None
    assert stack.get_edp_engine(cluster, "Pig") is None


def test_hook_get_edp_job_types_unites_by_version(stack):
    """Types of all plugins, under each version."""
    assert stack.get_edp_job_types() == {"2.0": ["Java", "Shell"], "1.0": []}


def test_hook_get_edp_config_hints_are_empty_where_nobody_has_any(stack):
    """The first answer counts; no answer is no hints."""
    assert "job_config" in stack.get_edp_config_hints("Java", "2.0")
    assert stack.get_edp_config_hints("Pig", "2.0") == {}


def test_hook_get_image_arguments_without_an_implementation_means_no_images(stack, catalog):
    """No implementation differs from an empty list."""
    assert [argument.name for argument in stack.get_image_arguments()] == ["java", "monitor", "notebook"]

    class Bare:
        @hookimpl
        def get_versions(self):
            return ["1"]

        @hookimpl
        def get_configs(self):
            return []

        @hookimpl
        def get_node_processes(self):
            return {}

        @hookimpl
        def configure_cluster(self): ...

        @hookimpl
        def start_cluster(self): ...

    class Tagged:
        @hookimpl
        def extends(self):
            return True

        @hookimpl
        def get_required_image_tags(self):
            return ["tagged"]

    plugins = [admitted("bare", Role.PROVISIONING, Bare()), admitted("tagged", Role.AUXILIARY, Tagged())]
    both = Catalog(plugins=plugins, discover=False).stack("bare", "1", ["tagged"])
    assert both.get_required_image_tags() == ["bare", "1", "tagged"]
    bare = Catalog(plugins=[admitted("bare", Role.PROVISIONING, Bare())], discover=False).stack("bare", "1")
    assert bare.get_image_arguments() is None
    assert bare.get_required_image_tags() == ["bare", "1"]
    assert bare.get_labels() == {"plugin_labels": {"enabled": {"status": True}}, "version_labels": {}}


def test_hook_pack_image_gets_the_version(stack, calls):
    """A stack passes its own version."""
    calls.clear()
    stack.pack_image(None, True, {})
    assert calls == ["framework 2.0 True"]


def test_hook_validate_images_is_called(stack, cluster, calls):
    """The plugins that have it are called."""
    calls.clear()
    stack.validate_images(cluster, False, {})
    assert calls == ["framework"]


def test_pure_hooks_are_asked_once(stack, calls):
    """What depends on nothing but the version is kept."""
    calls.clear()
    assert stack.get_configs() == stack.get_configs()
    assert calls == []


def test_changing_an_answer_does_not_change_the_kept_one(stack):
    """Callers get copies."""
    stack.get_configs().clear()
    stack.get_node_processes()["Store"].clear()
    assert stack.get_configs()
    assert stack.get_node_processes()["Store"] == ["keeper", "holder"]


def test_two_plugins_with_the_same_config_are_refused_by_both_names(catalog, calls):
    """A conflict names both plugins and what they share."""

    class Clash:
        @hookimpl
        def extends(self):
            return True

        @hookimpl
        def get_configs(self):
            return [Config("heap", applicable_target="service:Store")]

    clashing = Catalog(
        plugins=[catalog.provisioning["framework"], admitted("clash", Role.AUXILIARY, Clash(), "clash-dist", "3")],
        discover=False,
    )
    with pytest.raises(PluginConflict, match=r"'framework' and by plugin 'clash' \(clash-dist 3\)"):
        clashing.stack("framework", "2.0", ["clash"])


def test_an_error_that_leaves_a_hook_names_the_culprit(framework_with, cluster):
    """Plugin and hook are on the error, and the plugin's own exception is its cause."""

    def configure_cluster(self, cluster):
        raise KeyError("heap")

    with pytest.raises(PluginFailed) as caught:
        framework_with(configure_cluster=configure_cluster).stack("framework", "2.0").configure_cluster(cluster, None)
    assert (caught.value.origin.plugin, caught.value.origin.hook) == ("framework", "configure_cluster")
    assert isinstance(caught.value.__cause__, KeyError)


def test_an_error_of_our_family_keeps_its_type_and_gets_its_origin(framework_with, cluster):
    """What a plugin raises on purpose is not wrapped."""

    class NoQuorum(SeraiError):
        code = "NO_QUORUM"

    def start_cluster(self, cluster):
        raise NoQuorum("two of three are missing")

    with pytest.raises(NoQuorum) as caught:
        framework_with(start_cluster=start_cluster).stack("framework", "2.0").start_cluster(cluster, None)
    assert caught.value.origin.plugin == "framework"


@pytest.mark.parametrize("answer", ["7000", [7000, "7001"], {7000}, [True]])
def test_a_result_of_the_wrong_shape_names_the_plugin(framework_with, cluster, answer):
    """A hook's declaration is enforced on what it returns."""
    stack = framework_with(get_open_ports=lambda self, node_group: answer).stack("framework", "2.0")
    with pytest.raises(InvalidResult, match="plugin 'framework'") as caught:
        stack.get_open_ports(cluster.node_groups[0])
    assert caught.value.origin.hook == "get_open_ports"


def test_none_from_a_collect_hook_is_nothing(framework_with, cluster):
    """A plugin with nothing to add may return None."""
    stack = framework_with(get_open_ports=lambda self, node_group: None).stack("framework", "2.0")
    assert stack.get_open_ports(cluster.node_groups[0]) == []


def test_a_wrapper_that_returns_garbage_is_named(catalog, cluster):
    """A wrapper can return anything; it is checked too."""

    class Wrapping:
        @hookimpl
        def extends(self):
            return True

        @hookimpl(wrapper=True)
        def get_open_ports(self):
            yield
            return "oops"

    wrapped = Catalog(
        plugins=[catalog.provisioning["framework"], admitted("wrapping", Role.AUXILIARY, Wrapping())], discover=False
    )
    with pytest.raises(InvalidResult, match="'wrapping' returned str"):
        wrapped.stack("framework", "2.0", ["wrapping"]).get_open_ports(cluster.node_groups[0])


def test_a_crash_in_validate_is_told_when_nothing_else_is_wrong(framework_with, cluster):
    """A defect of a plugin is no validation error of the user's."""

    def validate(self, cluster):
        return 1 / 0

    with pytest.raises(PluginFailed, match="ZeroDivisionError"):
        framework_with(validate=validate).stack("framework", "2.0").validate(cluster)


def test_a_job_engine_without_its_methods_is_refused(framework_with, cluster):
    """What get_edp_engine returns must be one."""
    stack = framework_with(get_edp_engine=lambda self, cluster, job_type: object()).stack("framework", "2.0")
    with pytest.raises(InvalidResult, match="JobEngine"):
        stack.get_edp_engine(cluster, "Java")
