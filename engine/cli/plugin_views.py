"""Plugins, as they are shown."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import field, frozen

from serai.engine.cli.blocks import Block, Fields, Heading, Table, Text
from serai.hookspec.configs import GENERAL, Config
from serai.hookspec.errors import SeraiError
from serai.hookspec.secrets import MASK
from serai.hookspec.sequences import strings

QUARANTINED: Final = "quarantined"

_MANY: Final = 100
"""Configs above which those of priority 2 are shown on demand."""


@frozen
class PluginSummary:
    """One plugin, in one row.

    Attributes:
        name, role: which.
        distribution: the package that ships it, with its version.
        versions: of the framework, newest first.
        labels: as of ``get_labels``.
        fault: why it was quarantined; None when it was not.
    """

    name: str
    role: str
    distribution: str = ""
    versions: tuple[str, ...] = field(default=(), converter=strings)
    labels: Mapping[str, Any] = field(factory=dict, hash=False)
    fault: SeraiError | None = None

    def to_dict(self) -> dict[str, Any]:
        """The summary as JSON-compatible data."""
        data = {
            "name": self.name,
            "role": self.role,
            "distribution": self.distribution,
            "versions": list(self.versions),
            "labels": dict(self.labels),
        }
        return data if self.fault is None else {**data, "error": self.fault.to_dict()}


@frozen
class PluginOffer:
    """What one version of a plugin offers.

    Attributes:
        configs: what a user may set.
        node_processes: service to processes.
        open_ports: process to the TCP ports that must be reachable, with every config at its default.
        image_tags: tags an image must have.
        job_types: types of jobs it runs.
    """

    configs: tuple[Config, ...]
    node_processes: Mapping[str, Sequence[str]]
    open_ports: Mapping[str, Sequence[int]]
    image_tags: Sequence[str]
    job_types: Sequence[str]


def listing(plugins: Sequence[PluginSummary]) -> Iterator[Block]:
    """All plugins, and why some of them do not work."""
    rows = [(each.name, each.role, ", ".join(each.versions), _state(each), _source(each)) for each in plugins]
    yield Table(("name", "role", "versions", "labels", "from"), rows, empty="no plugins are installed")
    faulty = [each for each in plugins if each.fault is not None]
    if faulty:
        yield Heading("Quarantined")
        yield Fields([(each.name, _fault(each.fault)) for each in faulty if each.fault is not None])


def overview(plugin: PluginSummary, capabilities: Sequence[str]) -> Iterator[Block]:
    """One plugin, whatever its role."""
    items = [
        ("name", plugin.name),
        ("role", plugin.role),
        ("from", _source(plugin)),
        ("versions", ", ".join(plugin.versions)),
        ("labels", ", ".join(told_labels(plugin.labels.get("plugin_labels", {})))),
        ("hooks", ", ".join(capabilities)),
    ]
    yield Fields([(label, value) for label, value in items if value])
    version_labels = plugin.labels.get("version_labels", {})
    rows = [(version, ", ".join(told_labels(labels))) for version, labels in version_labels.items()]
    if any(labels for _, labels in rows):
        yield Heading("Versions")
        yield Table(("version", "labels"), rows)


def offer(offered: PluginOffer, *, every_config: bool) -> Iterator[Block]:
    """What a version offers: processes, jobs, and configs, those of priority 1 first.

    Args:
        offered: what it offers.
        every_config: whether configs of priority 2 are shown even when they are many.
    """
    yield Heading("Processes")
    rows = [
        (service, process, ", ".join(map(str, offered.open_ports.get(process, ()))))
        for service, processes in offered.node_processes.items()
        for process in processes
    ]
    yield Table(("service", "process", "open ports"), rows)
    yield Fields(
        [
            ("job types", ", ".join(offered.job_types) or "none"),
            ("image tags", ", ".join(offered.image_tags) or "none"),
        ]
    )
    yield Heading("Configs")
    ordered = sorted(offered.configs, key=lambda config: (config.priority, config.applicable_target == GENERAL))
    if left_out := 0 if every_config or len(ordered) <= _MANY else sum(config.priority > 1 for config in ordered):
        ordered = [config for config in ordered if config.priority == 1]
    columns = ("target", "name", "type", "default", "scope", "change", "description")
    yield Table(columns, map(_config_row, ordered), empty="it has none")
    if left_out:
        yield Text(f"and {left_out} more: --all shows them")


def told_labels(labels: Mapping[str, Any]) -> list[str]:
    """The labels that are set: ``{"enabled": {"status": True}, …}`` or ``{"enabled": True}``."""
    return [name for name, label in labels.items() if (label.get("status") if isinstance(label, Mapping) else label)]


def _state(plugin: PluginSummary) -> str:
    if plugin.fault is not None:
        return QUARANTINED
    return ", ".join(told_labels(plugin.labels.get("plugin_labels", {})))


def _source(plugin: PluginSummary) -> str:
    """Where it comes from; of one that could not be loaded the reason says it."""
    return plugin.distribution or ("" if plugin.fault else "this program")


def _fault(error: SeraiError) -> str:
    hint = f"\nhint: {error.hint}" if error.hint else ""
    return f"{error.message}  [{error.code}]{hint}"


def _config_row(config: Config) -> tuple[str, ...]:
    kind = "|".join(config.config_values) if config.config_values else config.config_type.value
    how = (config.scope.value, config.update_policy.value)
    return (config.applicable_target, config.name, kind, _default(config), *how, config.description)


def _default(config: Config) -> str:
    if config.default_value is None:
        return "" if config.is_optional else "(required)"
    if config.is_secret:
        return MASK
    if isinstance(config.default_value, bool):
        return str(config.default_value).lower()
    return str(config.default_value)
