"""Properties of Spark that Serai sets itself, and where a user sets them instead."""

from typing import Final

from serai.builtin_plugins.spark import settings
from serai.hookspec.configs import Config


def _config(config: Config) -> str:
    return f"use the config {config.name!r}"


_ADDRESSES: Final = "every process binds to its own instance's address"
_DRAIN: Final = "workers that leave are drained by it"

FOR_JOBS: Final = {
    "spark.master": "jobs run on their own cluster",
    "spark.submit.deployMode": "drivers run on the master's machine",
    "spark.driver.host": _ADDRESSES,
    "spark.driver.bindAddress": _ADDRESSES,
    "spark.driver.port": _config(settings.DRIVER_PORT),
    "spark.driver.blockManager.port": _config(settings.BLOCK_MANAGER_PORT),
    "spark.blockManager.port": _config(settings.BLOCK_MANAGER_PORT),
    "spark.port.maxRetries": _config(settings.PORT_RANGE),
    "spark.authenticate": _config(settings.AUTHENTICATION_SECRET),
    "spark.authenticate.secret": _config(settings.AUTHENTICATION_SECRET),
    "spark.authenticate.secret.file": _config(settings.AUTHENTICATION_SECRET),
    "spark.authenticate.secret.driver.file": _config(settings.AUTHENTICATION_SECRET),
    "spark.authenticate.secret.executor.file": _config(settings.AUTHENTICATION_SECRET),
    "spark.decommission.enabled": _DRAIN,
    "spark.executor.decommission.signal": _DRAIN,
    "spark.local.dir": "scratch files are on the instance's storage",
}
"""What a job may not set either, and why."""

RESERVED: Final = {
    **FOR_JOBS,
    "spark.executor.memory": _config(settings.EXECUTOR_MEMORY),
    "spark.driver.memory": _config(settings.DRIVER_MEMORY),
    "spark.master.ui.port": _config(settings.MASTER_UI_PORT),
    "spark.worker.ui.port": _config(settings.WORKER_UI_PORT),
    "spark.master.rest.enabled": _config(settings.REST_SERVER),
    "spark.master.rest.host": _ADDRESSES,
    "spark.master.rest.port": _config(settings.REST_PORT),
    "spark.worker.timeout": _config(settings.WORKER_TIMEOUT),
    "spark.worker.decommission.signal": _DRAIN,
}
"""What the passthrough of spark-defaults.conf may not set, and what to do instead."""
