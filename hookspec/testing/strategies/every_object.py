"""A strategy for every class of the model, by class."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from hypothesis.strategies import SearchStrategy

from serai.hookspec import (
    access,
    artifacts,
    changes,
    cluster,
    configs,
    deprecation,
    edp,
    errors,
    facts,
    health,
    images,
    infrastructure,
    listening,
    remote,
    semantics,
    services,
)
from serai.hookspec.testing.strategies import (
    cluster_objects,
    config_objects,
    job_objects,
    machine_objects,
    plugin_objects,
    running_objects,
)

T = TypeVar("T")

OBJECTS: Final[Mapping[type, Callable[[], SearchStrategy[Any]]]] = {
    access.Claim: machine_objects.claims,
    access.Findings: machine_objects.findings,
    access.Inquiry: machine_objects.inquiries,
    access.Place: machine_objects.places,
    artifacts.Artifact: plugin_objects.artifacts,
    artifacts.Debian: plugin_objects.debian_sources,
    artifacts.Maven: plugin_objects.maven_sources,
    artifacts.PyPI: plugin_objects.pypi_sources,
    artifacts.Tarball: plugin_objects.tarballs,
    changes.Changes: running_objects.changes,
    changes.Step: running_objects.steps,
    changes.ValueChange: running_objects.value_changes,
    cluster.Cluster: cluster_objects.any_clusters,
    cluster.Instance: cluster_objects.instances,
    cluster.NodeGroup: cluster_objects.node_groups,
    configs.Config: config_objects.configs,
    configs.Recommendation: config_objects.recommendations,
    configs.UserInput: config_objects.user_inputs,
    configs.ValidationError: config_objects.validation_errors,
    deprecation.Deprecation: plugin_objects.deprecations,
    edp.JobExecution: job_objects.job_executions,
    edp.JobOutput: job_objects.job_outputs,
    edp.JobSpec: job_objects.job_specs,
    errors.Origin: plugin_objects.origins,
    facts.Disk: machine_objects.disks,
    facts.Facts: machine_objects.facts,
    facts.JavaRuntime: machine_objects.java_runtimes,
    health.Health: running_objects.healths,
    health.HealthCheck: running_objects.health_checks,
    images.ImageArgument: plugin_objects.image_arguments,
    infrastructure.Host: machine_objects.hosts,
    infrastructure.Machine: machine_objects.machines,
    infrastructure.MachineRequest: machine_objects.machine_requests,
    listening.Event: running_objects.events,
    remote.CompletedCommand: machine_objects.completed_commands,
    remote.DirectEndpoint: machine_objects.direct_endpoints,
    remote.File: machine_objects.files,
    remote.Layout: machine_objects.layouts,
    remote.LocalEndpoint: machine_objects.local_endpoints,
    remote.SshEndpoint: machine_objects.ssh_endpoints,
    semantics.Declaration: plugin_objects.hook_declarations,
    services.Listening: running_objects.listenings,
    services.LogLine: running_objects.log_lines,
    services.Service: running_objects.services,
    services.ServiceStatus: running_objects.service_statuses,
}
"""The strategy that makes objects of each class; called without arguments."""


def objects(kind: type[T]) -> SearchStrategy[T]:
    """Objects of a class of the model.

    Args:
        kind: any attrs class of ``serai.hookspec``.

    Raises:
        KeyError: it is none.
    """
    return OBJECTS[kind]()
