"""What plugins get to check when a spec has faults: the spec with its faulty parts mended or left out.

A misspelt name counts as the one that was meant, so that a plugin does not complain of what is only misspelt. Names of
configs that no plugin declares are there, too, as they are written: a plugin may know why there is none.
"""

from collections.abc import Iterable, Iterator

from attrs import evolve

from serai.engine.drafting import Reading
from serai.engine.spec import NodeGroupSpec
from serai.engine.validation.context import Context
from serai.engine.validation.groups import MAXIMUM_COUNT
from serai.hookspec.cluster import Cluster
from serai.hookspec.configs import ConfigValues, Scope


def repaired(context: Context) -> Cluster:
    """The cluster of a spec with faults. Its node groups stay where they are in the document.

    Args:
        context: the spec with a stack.
    """
    spec, stack = context.spec, context.stack
    assert stack is not None  # noqa: S101 - without one there is nobody to ask
    provider = context.composition.provider
    mended = evolve(
        spec,
        plugin_name=stack.name,
        hadoop_version=stack.version,
        auxiliary_plugins=[auxiliary.name for auxiliary in stack.auxiliaries],
        infrastructure={**spec.infrastructure, "provider": provider.name if provider else ""},
        node_groups=[_group(context, group) for group in _distinct(spec.node_groups)],
        cluster_configs=_values(context, spec.cluster_configs, tuple(Scope)),
        anti_affinity=_processes(context, spec.anti_affinity),
        reading=Reading(),
    )
    return mended.to_cluster(stack.get_configs())


def _distinct(groups: Iterable[NodeGroupSpec]) -> Iterator[NodeGroupSpec]:
    """The groups, each with a name of its own: what is kept by name must not be mixed up."""
    seen: set[str] = set()
    for index, group in enumerate(groups):
        is_new = group.name.lower() not in seen
        seen.add(group.name.lower())
        yield group if is_new else evolve(group, name=f"{group.name}-{index}")


def _group(context: Context, group: NodeGroupSpec) -> NodeGroupSpec:
    count = group.count if 0 <= group.count <= MAXIMUM_COUNT else 1
    in_range = group.min_ready is not None and 0 <= group.min_ready <= count
    return evolve(
        group,
        count=count,
        min_ready=group.min_ready if in_range else None,
        node_processes=_processes(context, group.node_processes),
        node_configs=_values(context, group.node_configs, (Scope.NODE,)),
        volumes_per_node=max(group.volumes_per_node, 0),
        volumes_size=max(group.volumes_size, 0),
    )


def _processes(context: Context, names: Iterable[str]) -> list[str]:
    meant = (context.process(name) for name in names)
    return list(dict.fromkeys(name for name in meant if name is not None))


def _values(context: Context, values: ConfigValues, scopes: tuple[Scope, ...]) -> dict[str, dict[str, object]]:
    kept: dict[str, dict[str, object]] = {}
    for target, named in values.items():
        for name, value in named.items():
            config = context.config(target, name)
            if config is not None and config.scope in scopes and not config.problem_with(value):
                kept.setdefault(config.applicable_target, {})[config.name] = value
            is_hidden = config is not None and config.is_secret  # it may be misspelt, and is not to be seen
            if not is_hidden and target in context.targets and name not in context.targets[target]:
                kept.setdefault(target, {})[name] = value
    return kept
