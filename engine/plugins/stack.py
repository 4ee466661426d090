"""A stack: one provisioning plugin and the auxiliaries a cluster asks for, with one typed method per hook."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from typing import Any, Final, TypeVar

from serai.engine.plugins.dispatch import Failure, HookCall, LoadedPlugin, hook_calls
from serai.engine.plugins.guard import guarded
from serai.engine.plugins.limits import Limit
from serai.hookspec import provisioning
from serai.hookspec.changes import Changes
from serai.hookspec.cluster import Cluster, Instance, NodeGroup
from serai.hookspec.configs import Config, Recommendation, UpdatePolicy, ValidationError
from serai.hookspec.edp import JobEngine
from serai.hookspec.errors import InvalidResult, PluginFailed, SeraiError, ValidationFailed
from serai.hookspec.health import HealthCheck
from serai.hookspec.images import ImageArgument
from serai.hookspec.remote import Remote
from serai.hookspec.run import Run

T = TypeVar("T")


class Stack:
    """The plugins of a cluster, asked as one.

    Safe to use from many threads. Answers of hooks that are declared pure are asked for once.

    Args:
        plugin: the provisioning plugin.
        version: the framework's version; every hook that takes a ``hadoop_version`` gets it.
        auxiliaries: the auxiliary plugins, in the user's order.
    """

    def __init__(self, plugin: LoadedPlugin, version: str, auxiliaries: Sequence[LoadedPlugin] = ()) -> None:
        self.plugin: Final = plugin
        self.name: Final = plugin.name
        self.version: Final = version
        self.auxiliaries: Final = tuple(auxiliaries)
        self._calls = hook_calls(provisioning, [plugin, *auxiliaries])
        self._open_ports = self._calls["get_open_ports"].collect
        self._pure: dict[Any, Any] = {}

    def __repr__(self) -> str:
        return f"<Stack {self.name} {self.version} {[auxiliary.name for auxiliary in self.auxiliaries]}>"

    def within(self, limit: Limit) -> "Stack":
        """The same plugins, the calls of their hooks limited."""
        same = copy(self)
        same._calls = {name: call.within(limit) for name, call in self._calls.items()}
        same._open_ports = same._calls["get_open_ports"].collect
        return same

    def call(self, hook: str) -> HookCall:
        """The bare hook, for those who measure it."""
        return self._calls[hook]

    def implements(self, hook: str) -> bool:
        """Whether any plugin of the stack implements a hook."""
        return bool(self._calls[hook].plugins)

    def _once(self, key: Any, ask: Callable[[], T]) -> T:
        if key not in self._pure:
            self._pure[key] = ask()  # two threads may both ask; a pure hook answers both the same
        answer: T = self._pure[key]
        return answer

    @contextmanager
    def _guarded(self, cluster: Cluster, hook: str) -> Iterator[HookCall]:
        """The hook, with what it may not change on the cluster guarded."""
        call = self._calls[hook]
        with guarded(cluster, call):
            yield call

    # What the plugins offer

    def get_versions(self) -> list[str]:
        """All versions of the provisioning plugin, newest first."""
        return list(self._once("get_versions", lambda: _strings(self._calls["get_versions"])))

    def get_configs(self) -> list[Config]:
        """The configs of all plugins; PluginConflict when two declare the same."""
        ask = self._calls["get_configs"].collect
        return list(self._once("get_configs", lambda: ask(hadoop_version=self.version)))

    def get_node_processes(self) -> dict[str, list[str]]:
        """Service to processes, united; PluginConflict when a process is declared twice."""
        ask = self._calls["get_node_processes"].collect
        processes = self._once("get_node_processes", lambda: ask(hadoop_version=self.version))
        return {service: list(names) for service, names in processes.items()}

    def get_required_image_tags(self) -> list[str]:
        """The tags an image must have; the provisioning plugin's are its name and version where it does not answer."""
        call = self._calls["get_required_image_tags"]
        own = [] if self.plugin in call.plugins else [self.name, self.version]
        if not call.plugins:
            return own
        told = self._once("get_required_image_tags", lambda: call.collect(hadoop_version=self.version))
        return list(dict.fromkeys([*own, *told]))

    def get_labels(self) -> dict[str, Any]:
        """The labels of the provisioning plugin; enabled everywhere where it has none."""
        labels = self._once("get_labels", self._calls["get_labels"].select)
        if labels is None:
            return {"plugin_labels": {"enabled": {"status": True}}, "version_labels": {}}
        return _mapping(self._calls["get_labels"], labels)

    def extends(self, auxiliary: LoadedPlugin) -> bool:
        """Whether one of this stack's auxiliaries says that it fits."""
        call = self._calls["extends"]
        answers, failures = call.each(plugin_name=self.name, hadoop_version=self.version)
        for failure in failures:
            if failure.plugin is auxiliary:
                raise failure.error
        return any(answer is True for provider, answer in answers if provider == str(auxiliary.origin()))

    # Before anything is touched

    def recommend_configs(self, cluster: Cluster, scaling: bool) -> list[Recommendation]:
        """What the plugins recommend; PluginConflict when two recommend for the same config."""
        with self._guarded(cluster, "recommend_configs") as call:
            answer: list[Recommendation] = call.collect(cluster=cluster, scaling=scaling)
        return answer

    def validate(self, cluster: Cluster) -> None:
        """Have every plugin check a cluster.

        Raises:
            ValidationFailed: with the errors of all plugins.
            PluginFailed: a plugin raised something else, and no plugin found an error.
        """
        with self._guarded(cluster, "validate") as call:
            _, failures = call.each(cluster=cluster)
        if errors := found_by(failures):
            raise ValidationFailed(errors, what=f"cluster {cluster.name}")

    def validate_scaling(
        self, cluster: Cluster, existing: Mapping[str, int], additional: Mapping[str, int]
    ) -> list[ValidationError]:
        """What all plugins find wrong with a scaling, whether they return it or raise it."""
        with self._guarded(cluster, "validate_scaling") as call:
            answers, failures = call.each(cluster=cluster, existing=existing, additional=additional)
        merge = call.declaration.merge
        assert merge is not None  # noqa: S101 - declared as a collect hook
        return [*merge(answers), *found_by(failures)]

    def get_update_policy(self, cluster: Cluster, config: Config, old: Any, new: Any) -> UpdatePolicy:
        """What it takes until another value is in force: what a plugin says of these values, else the config's own."""
        with self._guarded(cluster, "get_update_policy") as call:
            policy = call.select(cluster=cluster, config=config, old=old, new=new)
        if policy is not None and not isinstance(policy, UpdatePolicy):
            raise _wrong_shape(call, "an UpdatePolicy, or None", policy)
        return config.update_policy if policy is None else policy

    def reconfigures(self, config: Config) -> bool:
        """Whether the plugin that declares a config implements ``reconfigure_cluster``."""
        return config.key in self._once("reconfigures", self._reconfigured)

    def _reconfigured(self) -> frozenset[tuple[str, str]]:
        able = set(self._calls["reconfigure_cluster"].providers)
        answers, _ = self._calls["get_configs"].each(hadoop_version=self.version)
        return frozenset(config.key for provider, configs in answers if provider in able for config in configs)

    def get_disruptions(self, cluster: Cluster, changes: Changes) -> list[str]:
        """What users lose or cannot do while a change is made."""
        with self._guarded(cluster, "get_disruptions") as call:
            sentences: list[str] = call.collect(cluster=cluster, changes=changes)
        return sentences

    def get_open_ports(self, node_group: NodeGroup) -> list[int]:
        """The ports of a node group that must be reachable from outside."""
        ports: list[int] = self._open_ports(node_group=node_group)
        return ports

    def get_root_commands(self, node_group: NodeGroup) -> list[str]:
        """What the plugins do as root on a node group's machines."""
        with self._guarded(node_group.cluster, "get_root_commands") as call:
            commands: list[str] = call.collect(node_group=node_group)
        return commands

    # Making, changing, ending a cluster

    def update_infra(self, cluster: Cluster) -> None:
        """Let plugins change what the provider is about to make."""
        with self._guarded(cluster, "update_infra") as call:
            call.notify(cluster=cluster)

    def configure_cluster(self, cluster: Cluster, run: Run) -> None:
        """Configure a new cluster."""
        with self._guarded(cluster, "configure_cluster") as call:
            call.notify(cluster=cluster, run=run)

    def start_cluster(self, cluster: Cluster, run: Run) -> None:
        """Start a configured cluster."""
        with self._guarded(cluster, "start_cluster") as call:
            call.notify(cluster=cluster, run=run)

    def scale_cluster(self, cluster: Cluster, instances: Sequence[Instance], run: Run) -> None:
        """Configure and start new instances."""
        with self._guarded(cluster, "scale_cluster") as call:
            call.notify(cluster=cluster, instances=tuple(instances), run=run)

    def decommission_nodes(self, cluster: Cluster, instances: Sequence[Instance], run: Run) -> None:
        """Drain instances; auxiliaries first."""
        with self._guarded(cluster, "decommission_nodes") as call:
            call.notify(cluster=cluster, instances=tuple(instances), run=run)

    def reconfigure_cluster(self, cluster: Cluster, changes: Changes, run: Run) -> None:
        """Do one step of a change."""
        with self._guarded(cluster, "reconfigure_cluster") as call:
            call.notify(cluster=cluster, changes=changes, run=run)

    def on_terminate_cluster(self, cluster: Cluster, run: Run) -> list[SeraiError]:
        """Have every plugin clean up; what went wrong is returned, since it stops nothing."""
        with self._guarded(cluster, "on_terminate_cluster") as call:
            _, failures = call.each(cluster=cluster, run=run)
        return [failure.error for failure in failures]

    # A running cluster

    def get_health_checks(self, cluster: Cluster) -> list[HealthCheck]:
        """All plugins' checks."""
        with self._guarded(cluster, "get_health_checks") as call:
            checks: list[HealthCheck] = call.collect(cluster=cluster)
        return checks

    def get_edp_engine(self, cluster: Cluster, job_type: str) -> JobEngine | None:
        """The engine for a type of jobs, or None."""
        call = self._calls["get_edp_engine"]
        engine = call.select(cluster=cluster, job_type=job_type)
        # looking a protocol's methods up costs several hook calls
        if engine is not None and not self._once(type(engine), lambda: isinstance(engine, JobEngine)):
            raise _wrong_shape(call, "an object with the methods of JobEngine, or None", engine)
        checked: JobEngine | None = engine
        return checked

    def get_edp_job_types(self, versions: Sequence[str] = ()) -> dict[str, list[str]]:
        """Version to job types."""
        ask = self._calls["get_edp_job_types"].collect
        types = self._once(("get_edp_job_types", tuple(versions)), lambda: ask(versions=list(versions)))
        return {version: list(names) for version, names in types.items()}

    def get_edp_config_hints(self, job_type: str, version: str) -> dict[str, Any]:
        """Hints for a type of jobs; empty when there are none."""
        call = self._calls["get_edp_config_hints"]
        key = ("get_edp_config_hints", job_type, version)
        hints = self._once(key, lambda: call.select(job_type=job_type, version=version))
        return {} if hints is None else _mapping(call, hints)

    # Images

    def get_image_arguments(self) -> list[ImageArgument] | None:
        """Arguments of the image generator; None when there is no generator."""
        if not self.implements("get_image_arguments"):
            return None
        ask = self._calls["get_image_arguments"].collect
        return list(self._once("get_image_arguments", lambda: ask(hadoop_version=self.version)))

    def pack_image(self, remote: Remote, test_only: bool, image_arguments: Mapping[str, str]) -> None:
        """Make an image ready."""
        self._calls["pack_image"].notify(
            hadoop_version=self.version, remote=remote, test_only=test_only, image_arguments=image_arguments
        )

    def validate_images(self, cluster: Cluster, test_only: bool, image_arguments: Mapping[str, str]) -> None:
        """Check, and unless ``test_only`` mend, the machines."""
        with self._guarded(cluster, "validate_images") as call:
            call.notify(cluster=cluster, test_only=test_only, image_arguments=image_arguments)


def found_by(failures: Sequence[Failure]) -> list[ValidationError]:
    """The validation errors that plugins raised.

    Raises:
        PluginFailed: a plugin crashed, and there are no validation errors that could explain it.
    """
    errors = [
        error
        for failure in failures
        if not isinstance(failure.error, PluginFailed) or isinstance(failure.error.__cause__, ExceptionGroup)
        for error in _as_validation_errors(failure.error)
    ]
    crashes = [failure.error for failure in failures if isinstance(failure.error, PluginFailed)]
    if crashes and not errors:
        raise crashes[0]
    return errors


def _as_validation_errors(error: BaseException) -> list[ValidationError]:
    if isinstance(error, ValidationFailed):
        return list(error.errors)
    if isinstance(error, PluginFailed):
        return _as_validation_errors(error.__cause__) if isinstance(error.__cause__, ExceptionGroup) else []
    if isinstance(error, SeraiError):
        return [ValidationError(error_message=error.message, path=error.place, code=error.code, hint=error.hint)]
    if isinstance(error, ExceptionGroup):
        return [found for inner in error.exceptions for found in _as_validation_errors(inner)]
    return []


def _wrong_shape(call: HookCall, expected: str, value: object) -> InvalidResult:
    error = InvalidResult(
        f"{call.declaration.name} returned {type(value).__name__} where {expected} was expected",
        place=call.plugins[0].name,
        hint=f"make the hook return {expected}",
    )
    error.origin = call.plugins[0].origin(call.declaration.name)
    return error


def _strings(call: HookCall) -> list[str]:
    value = call.select()
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise _wrong_shape(call, "a list of strings", value)
    return list(value)


def _mapping(call: HookCall, value: object) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise _wrong_shape(call, "a dict", value)
    return dict(value)
