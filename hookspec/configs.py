"""Configs: what a plugin lets a user set, what the user gave, what a plugin recommends, what is wrong with it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from attrs import field, frozen

from serai.hookspec.secrets import Secret
from serai.hookspec.sequences import strings

GENERAL: Final = "general"
"""The ``applicable_target`` of configs that belong to no service."""

SERVICE_PREFIX: Final = "service:"


class ConfigType(StrEnum):
    """The type of a config's value. ``secret`` is a string that is masked wherever it could be seen."""

    STRING = "string"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    ENUM = "enum"
    SECRET = "secret"  # noqa: S105 - the name of a type, no secret


class Scope(StrEnum):
    """Whether a config may differ between node groups (``node``) or holds for the whole cluster."""

    NODE = "node"
    CLUSTER = "cluster"


class UpdatePolicy(StrEnum):
    """What it takes on a running cluster until another value of a config is in force; each disturbs more than the last.

    A plugin promises with it what its ``reconfigure_cluster`` does: the plan that a user agrees to is made from it.
    """

    LIVE = "live"
    """Nothing is disturbed: what begins from then on, such as jobs, heeds the new value."""
    RELOAD = "reload"
    """Processes read it anew, and go on."""
    ROLLING = "rolling"
    """Processes are restarted a few at a time, each drained first and back in service before the next."""
    RESTART = "restart"
    """Processes are restarted all at once: those with the old value and those with the new one cannot work together."""
    REPLACE = "replace"
    """It holds for machines that are made from then on: others are made, a few at a time, and take the place of those
    there are. The engine does that, with ``scale_cluster`` and ``decommission_nodes``."""
    IMMUTABLE = "immutable"
    """It holds for as long as the cluster does."""

    @property
    def severity(self) -> int:
        """Greater for what disturbs more."""
        return list(UpdatePolicy).index(self)


def _plain(value: Any, config_type: ConfigType) -> Any:
    """The SPI document writes defaults as strings ("512"); hold them as what they mean."""
    if isinstance(value, str):
        if config_type is ConfigType.INTEGER and value.removeprefix("-").isdecimal():
            return int(value)
        if config_type is ConfigType.BOOLEAN and value.lower() in ("true", "false"):
            return value.lower() == "true"
    return value


@frozen
class Config:
    """One configuration entry of a plugin.

    Attributes:
        name: the config's name, unique within its target.
        description: a hint for the user: what the config is used for.
        config_type: the type of its value.
        config_values: the possible values, if the type is ``enum``.
        default_value: the value when the user gives none; None for no default.
        applicable_target: ``service:<service name>`` of ``get_node_processes``, or ``general``.
        scope: ``node`` or ``cluster``.
        is_optional: when False and there is no default, the user must give a value.
        priority: 1 (always shown) or 2 (shown on demand).
        minimum: least value of an ``integer``, or None.
        maximum: greatest value of an ``integer``, or None.
        update_policy: what it takes until another value is in force on a running cluster. A config that says nothing
            cannot be changed: that somebody restarts something and hopes is no promise.
        update_processes: the node processes that must take notice of another value; empty for all of the service it
            applies to, and for ``general`` for all there are.
    """

    name: str
    description: str = ""
    config_type: ConfigType = field(default=ConfigType.STRING, converter=ConfigType)
    config_values: tuple[str, ...] = field(default=(), converter=strings)
    default_value: Any = None
    applicable_target: str = GENERAL
    scope: Scope = field(default=Scope.NODE, converter=Scope)
    is_optional: bool = True
    priority: int = 2
    minimum: int | None = None
    maximum: int | None = None
    update_policy: UpdatePolicy = field(default=UpdatePolicy.IMMUTABLE, converter=UpdatePolicy)
    update_processes: tuple[str, ...] = field(default=(), converter=strings)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "default_value", _plain(self.default_value, self.config_type))

    @property
    def key(self) -> tuple[str, str]:
        """(applicable_target, name): what identifies a config within a stack."""
        return (self.applicable_target, self.name)

    @property
    def is_secret(self) -> bool:
        return self.config_type is ConfigType.SECRET

    def problem_with(self, value: Any) -> str:
        """What is wrong with a value for this config, or ``""``. Never repeats the value of a secret.

        Args:
            value: any value, as structured from a document.
        """
        shown = "" if self.is_secret else f" (got {value!r})"
        types, description = _VALUE_TYPES[self.config_type]
        is_hidden = self.is_secret and isinstance(value, Secret)  # or a subclass: a sealed one, from the store
        if type(value) not in types and not is_hidden:  # exact: True is no integer here
            return f"must be {description}{shown}"
        if self.config_type is ConfigType.ENUM and value not in self.config_values:
            return f"must be one of {', '.join(self.config_values)}{shown}"
        if self.minimum is not None and value < self.minimum:
            return f"must be at least {self.minimum}{shown}"
        if self.maximum is not None and value > self.maximum:
            return f"must be at most {self.maximum}{shown}"
        return ""


_VALUE_TYPES: Final[Mapping[ConfigType, tuple[tuple[type, ...], str]]] = {
    ConfigType.STRING: ((str,), "a string"),
    ConfigType.INTEGER: ((int,), "an integer"),
    ConfigType.BOOLEAN: ((bool,), "true or false"),
    ConfigType.ENUM: ((str,), "a string"),
    ConfigType.SECRET: ((str,), "a string"),
}


@frozen
class UserInput:
    """A value that a user gave for a config; its type depends on the config's."""

    config: Config
    value: Any = field(repr=False)


@frozen
class ValidationError:
    """What is wrong with one of the values a user gave.

    Attributes:
        config: the config that is not valid, or None when the error is about something else.
        error_message: what exactly is wrong.
        path: where in the cluster document, such as ``node_groups[1].count``; ``""`` for the whole.
        code: stable identifier of the rule that was broken.
        hint: what to do about it.
    """

    config: Config | None = None
    error_message: str = ""
    path: str = ""
    code: str = "INVALID"
    hint: str = ""

    def __str__(self) -> str:
        path = f"{self.path}: " if self.path else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{path}{self.error_message} [{self.code}]{hint}"

    def to_dict(self) -> dict[str, str]:
        """The error as JSON-compatible data."""
        return {
            "path": self.path,
            "code": self.code,
            "message": self.error_message,
            "hint": self.hint,
            "config": "" if self.config is None else self.config.name,
        }


@frozen
class Recommendation:
    """A value a plugin recommends for a config. It ranks below what a user gave and above the default.

    Attributes:
        target: the config's ``applicable_target``.
        name: the config's name.
        value: the recommended value.
        node_group: the name of the node group it is for, or None for the cluster.
        reason: the formula with its inputs, for the user to follow.
    """

    target: str
    name: str
    value: Any
    node_group: str | None = None
    reason: str = ""


ConfigValues = Mapping[str, Mapping[str, Any]]
"""Values by applicable target and config name: ``{"service:Spark": {"Worker memory": 1024}}``."""
