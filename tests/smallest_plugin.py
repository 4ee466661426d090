"""The smallest provisioning plugin there can be: what the plugins of tests begin with."""

from typing import Any, ClassVar

from serai.hookspec import hookimpl


class Smallest:
    """One version, no configs; its hooks do nothing.

    Attributes:
        services: its processes, by service.
    """

    services: ClassVar[dict[str, list[str]]] = {"Smallest": ["smallest"]}

    @hookimpl
    def get_versions(self) -> list[str]:
        return ["1"]

    @hookimpl
    def get_configs(self) -> list[Any]:
        return []

    @hookimpl
    def get_node_processes(self) -> dict[str, list[str]]:
        return self.services

    @hookimpl
    def configure_cluster(self) -> None: ...

    @hookimpl
    def start_cluster(self) -> None: ...
