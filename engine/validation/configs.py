"""Rules about config values: targets, names, scopes, values, and what is missing."""

from collections.abc import Iterator

from serai.engine.documents.codes import Code
from serai.engine.documents.faults import Fault
from serai.engine.documents.nearest import suggestion
from serai.engine.documents.paths import Path
from serai.engine.spec import NodeGroupSpec
from serai.engine.validation.context import Context
from serai.hookspec.configs import Config, ConfigValues, Scope
from serai.hookspec.secrets import Secret


def config_values(context: Context) -> Iterator[Fault]:
    """What is configured exists, may be set where it is set, and has a value of the right kind."""
    if context.stack is None:
        return
    yield from _checked(context, ("cluster_configs",), context.spec.cluster_configs)
    for path, group in context.node_groups:
        yield from _checked(context, (*path, "node_configs"), group.node_configs)


def used_services(context: Context) -> Iterator[Fault]:
    """A service is configured only where some node group runs a process of it."""
    if context.stack is None or not context.knows_what_runs:
        return
    for path, values in _all_values(context):
        for target in values:
            if not context.is_used(target):
                message = f"no node group runs a process of {target!r}"
                hint = f"add one of: {', '.join(context.processes_of(target))}; or remove these configs"
                yield Fault((*path, target), Code.SERVICE_NOT_USED, message, hint)


def mandatory_configs(context: Context) -> Iterator[Fault]:
    """Configs that are not optional and have no default are given, for the services that run."""
    if context.stack is None or not context.knows_what_runs:
        return
    for target, configs in context.targets.items():
        for config in configs.values() if context.is_used(target) else ():
            if not config.is_optional and config.default_value is None:
                yield from _missing(context, config)


def secrets_in(context: Context) -> list[Secret]:
    """The secrets that a document holds, of whatever type they were written as and however their configs are spelt."""
    return [
        value if isinstance(value, Secret) else Secret(str(value))
        for _, values in _all_values(context)
        for target, named in values.items()
        for name, value in named.items()
        if (config := context.config(target, name)) is not None and config.is_secret
    ]


def is_given(context: Context, values: ConfigValues, config: Config) -> bool:
    """Whether a value is given for a config, also under a misspelt name."""
    if config.name in values.get(config.applicable_target, {}):
        return True
    return any(
        context.config(target, name) is config
        for target, named in values.items()
        for name in named
        if target not in context.targets or name not in context.targets[target]
    )


def _all_values(context: Context) -> Iterator[tuple[Path, ConfigValues]]:
    yield ("cluster_configs",), context.spec.cluster_configs
    for path, group in context.node_groups:
        yield (*path, "node_configs"), group.node_configs


def _checked(context: Context, path: Path, values: ConfigValues) -> Iterator[Fault]:
    for target, named in values.items():
        place = (*path, target)
        if target not in context.targets:
            yield from _unknown_target(context, place, target)
            continue
        for name, value in named.items():
            config = context.targets[target].get(name)
            if config is None:
                yield from _unknown_config(context, (*place, name), target, name)
            else:
                yield from _value_faults((*place, name), config, value)


def _unknown_target(context: Context, path: Path, target: str) -> Iterator[Fault]:
    meant = context.target(target)
    if meant is not None or context.composition.sure:
        hint = f"did you mean {meant!r}?" if meant else suggestion(target, context.targets)
        yield Fault(path, Code.UNKNOWN_TARGET, f"no plugin of this cluster has configs for {target!r}", hint)


def _unknown_config(context: Context, path: Path, target: str, name: str) -> Iterator[Fault]:
    elsewhere = [other for other, configs in context.targets.items() if name in configs]
    meant = context.config(target, name)
    if meant is None and not elsewhere and not context.composition.sure:
        return
    hint = f"it belongs to {elsewhere[0]!r}" if elsewhere else suggestion(name, context.targets[target])
    yield Fault(path, Code.UNKNOWN_CONFIG, f"{target!r} has no config {name!r}", hint)


def _value_faults(path: Path, config: Config, value: object) -> Iterator[Fault]:
    if config.scope is Scope.CLUSTER and path[0] != "cluster_configs":
        message = f"{config.name!r} holds for the whole cluster and cannot be set for a node group"
        yield Fault(path, Code.WRONG_SCOPE, message, "move it to cluster_configs", config=config)
    if problem := config.problem_with(value):
        hint = suggestion(value, config.config_values) if isinstance(value, str) and config.config_values else ""
        yield Fault(path, Code.INVALID_CONFIG_VALUE, problem, hint, config=config)


def _missing(context: Context, config: Config) -> Iterator[Fault]:
    if is_given(context, context.spec.cluster_configs, config):
        return
    everywhere = ("cluster_configs", config.applicable_target, config.name)
    if config.scope is Scope.CLUSTER:
        yield _required(everywhere, config)
        return
    concerned = [(path, group) for path, group in context.node_groups if _runs(context, group, config)]
    lacking = [path for path, group in concerned if not _given_in_group(context, path, group, config)]
    if concerned and len(lacking) == len(concerned):
        yield _required(everywhere, config)
    else:
        for path in lacking:
            yield _required((*path, "node_configs", config.applicable_target, config.name), config)


def _runs(context: Context, group: NodeGroupSpec, config: Config) -> bool:
    """Whether a node group runs anything that a config is for."""
    processes = context.processes_of(config.applicable_target)
    return not processes or any(context.process(name) in processes for name in group.node_processes)


def _given_in_group(context: Context, path: Path, group: NodeGroupSpec, config: Config) -> bool:
    place = (*path, "node_configs", config.applicable_target, config.name)
    return context.is_faulty(*place) or is_given(context, group.node_configs, config)


def _required(path: Path, config: Config) -> Fault:
    hint = config.description or f"give a value of type {config.config_type}"
    return Fault(path, Code.MISSING_CONFIG, f"{config.name!r} has no default and must be given", hint, config=config)
