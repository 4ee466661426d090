"""What a user can set."""

from typing import Final

from serai.hookspec.configs import SERVICE_PREFIX, Config, ConfigType, Scope, UpdatePolicy
from serai.hookspec.objects import Cluster, Secret

SERVICE: Final = "Jupyter"
JUPYTER: Final = "jupyter"
TARGET: Final = f"{SERVICE_PREFIX}{SERVICE}"

PORT: Final = Config(
    name="Jupyter port",
    description="TCP port of JupyterLab.",
    config_type=ConfigType.INTEGER,
    default_value=8888,
    applicable_target=TARGET,
    scope=Scope.CLUSTER,
    priority=1,
    minimum=1,
    maximum=65535,
    update_policy=UpdatePolicy.RESTART,
)
TOKEN: Final = Config(
    name="Token",
    description="What users must know to get in: at least 16 letters, digits, '-' and '_'. Whoever has it runs programs"
    " on the cluster. Jupyter is spoken to in clear: where others share the network, through a tunnel.",
    config_type=ConfigType.SECRET,
    applicable_target=TARGET,
    scope=Scope.CLUSTER,
    is_optional=False,
    priority=1,
    update_policy=UpdatePolicy.RESTART,
)
START_TIMEOUT: Final = Config(
    name="Start timeout",
    description="Seconds until JupyterLab must answer.",
    config_type=ConfigType.INTEGER,
    default_value=120,
    applicable_target=TARGET,
    scope=Scope.CLUSTER,
    minimum=1,
    update_policy=UpdatePolicy.LIVE,
)

CONFIGS: Final = (PORT, TOKEN, START_TIMEOUT)


def token(cluster: Cluster) -> Secret:
    """The token in force; an empty one where none, or one the engine's own rules refuse, is given."""
    value = cluster.value(TOKEN)
    return Secret("") if value is None or TOKEN.problem_with(value) else Secret(value)
