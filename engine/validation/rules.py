"""The engine's own rules, all of them, in the order their faults are told."""

from collections.abc import Iterator
from typing import Final

from serai.engine.documents.faults import Fault
from serai.engine.validation import configs, groups, names, processes
from serai.engine.validation.context import Context, Rule

RULES: Final[tuple[Rule, ...]] = (
    groups.schema_version,
    names.cluster_name,
    names.cluster_name_is_free,
    groups.not_yet_supported,
    groups.node_groups,
    names.node_group_names,
    names.node_group_names_differ,
    names.host_names,
    groups.ranges,
    groups.ready_instances,
    groups.instances,
    groups.volumes,
    processes.node_processes,
    processes.anti_affinity,
    configs.config_values,
    configs.used_services,
    configs.mandatory_configs,
)


def broken(context: Context) -> Iterator[Fault]:
    """The faults that the rules find, leaving out what is said of places that are faulty already."""
    faults = (*context.composition.faults, *(fault for rule in RULES for fault in rule(context)))
    return (fault for fault in faults if not context.is_faulty(*fault.path))
