"""The object model in one place, for plugin authors to import from."""

from serai.hookspec.cluster import Cluster, ClusterStatus, Instance, NodeGroup
from serai.hookspec.configs import (
    GENERAL,
    SERVICE_PREFIX,
    Config,
    ConfigType,
    ConfigValues,
    Recommendation,
    Scope,
    UpdatePolicy,
    UserInput,
    ValidationError,
)
from serai.hookspec.secrets import Secret

__all__ = [
    "GENERAL",
    "SERVICE_PREFIX",
    "Cluster",
    "ClusterStatus",
    "Config",
    "ConfigType",
    "ConfigValues",
    "Instance",
    "NodeGroup",
    "Recommendation",
    "Scope",
    "Secret",
    "UpdatePolicy",
    "UserInput",
    "ValidationError",
]
