"""Hypothesis strategies for the object model, and for clusters that could be asked of a plugin.

They shrink towards what a person would write: short names, small counts, empty mappings, no secrets.
"""

from serai.hookspec.testing.strategies.broken import Broken, RefusedBy
from serai.hookspec.testing.strategies.cluster_objects import any_clusters, instances, node_groups
from serai.hookspec.testing.strategies.clusters_of_stacks import MAX_INSTANCES, clusters
from serai.hookspec.testing.strategies.config_objects import (
    config_values,
    configs,
    recommendations,
    user_inputs,
    validation_errors,
)
from serai.hookspec.testing.strategies.every_object import OBJECTS, objects
from serai.hookspec.testing.strategies.job_objects import job_executions, job_outputs, job_specs
from serai.hookspec.testing.strategies.knowledge import NoValidTopology
from serai.hookspec.testing.strategies.machine_objects import (
    claims,
    completed_commands,
    direct_endpoints,
    disks,
    endpoints,
    facts,
    files,
    findings,
    hosts,
    inquiries,
    java_runtimes,
    layouts,
    local_endpoints,
    machine_requests,
    machines,
    places,
    ssh_endpoints,
)
from serai.hookspec.testing.strategies.offer import Offer
from serai.hookspec.testing.strategies.plain import extras, json_values, moments, names, paths, scalars, secrets, words
from serai.hookspec.testing.strategies.plugin_objects import (
    artifacts,
    deprecations,
    hook_declarations,
    image_arguments,
    maven_sources,
    origins,
    pypi_sources,
    sources,
    tarballs,
)
from serai.hookspec.testing.strategies.rules import RULES
from serai.hookspec.testing.strategies.running_objects import (
    changes,
    events,
    health_checks,
    healths,
    listenings,
    log_lines,
    service_statuses,
    services,
    steps,
    value_changes,
)
from serai.hookspec.testing.strategies.scaling import scalings
from serai.hookspec.testing.strategies.showing import show_shortly
from serai.hookspec.testing.strategies.typed_values import values_for, wrong_values_for

show_shortly()

__all__ = [
    "MAX_INSTANCES",
    "OBJECTS",
    "RULES",
    "Broken",
    "NoValidTopology",
    "Offer",
    "RefusedBy",
    "any_clusters",
    "artifacts",
    "changes",
    "claims",
    "clusters",
    "completed_commands",
    "config_values",
    "configs",
    "deprecations",
    "direct_endpoints",
    "disks",
    "endpoints",
    "events",
    "extras",
    "facts",
    "files",
    "findings",
    "health_checks",
    "healths",
    "hook_declarations",
    "hosts",
    "image_arguments",
    "inquiries",
    "instances",
    "java_runtimes",
    "job_executions",
    "job_outputs",
    "job_specs",
    "json_values",
    "layouts",
    "listenings",
    "local_endpoints",
    "log_lines",
    "machine_requests",
    "machines",
    "maven_sources",
    "moments",
    "names",
    "node_groups",
    "objects",
    "origins",
    "paths",
    "places",
    "pypi_sources",
    "recommendations",
    "scalars",
    "scalings",
    "secrets",
    "service_statuses",
    "services",
    "sources",
    "ssh_endpoints",
    "steps",
    "tarballs",
    "user_inputs",
    "validation_errors",
    "value_changes",
    "values_for",
    "words",
    "wrong_values_for",
]
