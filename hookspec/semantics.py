"""What is declared about each hook: its kind, how results merge, in which order plugins are asked, who must have it.

The declaration stands on the hook itself, and everything else reads it from there: dispatch, the gate that checks
plugins, the documentation's table, the conformance kit.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from inspect import signature
from types import ModuleType
from typing import Any, Final, TypeVar

from attrs import field, frozen

from serai.hookspec.deprecation import Deprecation
from serai.hookspec.markers import hookspec

F = TypeVar("F", bound=Callable[..., Any])

_DECLARATION: Final = "serai_declaration"


class Kind(StrEnum):
    """How a hook is called."""

    SELECT = "select"
    """The first plugin that answers with something other than None wins."""
    COLLECT = "collect"
    """Every plugin's result, merged by a named pure function."""
    NOTIFY = "notify"
    """Called for its effect."""


class Order(StrEnum):
    """In which order the plugins of a stack are called."""

    PROVISIONING_FIRST = "provisioning plugin first, then auxiliaries in the user's order"
    AUXILIARIES_FIRST = "auxiliaries first, in reverse of the user's order, then the provisioning plugin"


class Role(StrEnum):
    """What a plugin is; one entry-point group each."""

    PROVISIONING = "provisioning"
    AUXILIARY = "auxiliary"
    INFRASTRUCTURE = "infrastructure"
    LISTENER = "listener"

    @property
    def entry_point_group(self) -> str:
        """The group of the entry points that plugins of this role register under."""
        return f"serai.{self.value}"


Contribution = tuple[str, Any]
"""One plugin's result of a *collect* hook: (the plugin, as errors name it; what it returned)."""

Merge = Callable[[Iterable[Contribution]], Any]
"""Merges the contributions to one hook, in call order. Pure; raises PluginConflict or InvalidResult."""


@frozen
class Declaration:
    """All that is declared about one hook.

    Attributes:
        name: the hook's name.
        kind: select, collect or notify.
        arguments: names of its arguments.
        merge: how results merge; None unless the kind is collect.
        order: in which order plugins are called.
        isolated: whether every plugin is called even when another one raised; all errors are kept.
        pure: whether the answer depends on the arguments alone, so that it may be kept.
        roles: which plugins may implement it.
        required: which plugins must.
        documentation: the docstring.
        deprecated: that it goes out of use; None as long as it does not.
        deprecated_arguments: arguments that go out of use.
    """

    name: str
    kind: Kind
    arguments: tuple[str, ...]
    merge: Merge | None
    order: Order
    isolated: bool
    pure: bool
    roles: frozenset[Role]
    required: frozenset[Role]
    documentation: str
    deprecated: Deprecation | None = None
    deprecated_arguments: Mapping[str, Deprecation] = field(factory=dict, hash=False)


SPI_ROLES: Final = frozenset({Role.PROVISIONING, Role.AUXILIARY})
PROVISIONING_ONLY: Final = (Role.PROVISIONING,)
AUXILIARY_ONLY: Final = (Role.AUXILIARY,)
_NONE: Final[Mapping[str, Deprecation]] = {}


def _declare(kind: Kind, merge: Merge | None, **options: Any) -> Callable[[F], F]:
    def decorate(function: F) -> F:
        declaration = Declaration(
            name=function.__name__,
            kind=kind,
            arguments=tuple(signature(function).parameters),
            merge=merge,
            order=options["order"],
            isolated=options["isolated"],
            pure=options["pure"],
            roles=frozenset(options["roles"]),
            required=frozenset(options["required"]),
            documentation=function.__doc__ or "",
            deprecated=options["deprecated"],
            deprecated_arguments=dict(options["deprecated_arguments"]),
        )
        setattr(function, _DECLARATION, declaration)
        return hookspec(firstresult=kind is Kind.SELECT)(function)

    return decorate


def select(
    *,
    order: Order = Order.PROVISIONING_FIRST,
    pure: bool = False,
    roles: Iterable[Role] = SPI_ROLES,
    required: Iterable[Role] = (),
    deprecated: Deprecation | None = None,
    deprecated_arguments: Mapping[str, Deprecation] = _NONE,
) -> Callable[[F], F]:
    """Declare a hook of which the first answer that is not None counts."""
    return _declare(
        Kind.SELECT,
        None,
        order=order,
        isolated=False,
        pure=pure,
        roles=roles,
        required=required,
        deprecated=deprecated,
        deprecated_arguments=deprecated_arguments,
    )


def collect(
    merge: Merge,
    *,
    order: Order = Order.PROVISIONING_FIRST,
    isolated: bool = False,
    pure: bool = False,
    roles: Iterable[Role] = SPI_ROLES,
    required: Iterable[Role] = (),
    deprecated: Deprecation | None = None,
    deprecated_arguments: Mapping[str, Deprecation] = _NONE,
) -> Callable[[F], F]:
    """Declare a hook whose answers are merged by ``merge``."""
    return _declare(
        Kind.COLLECT,
        merge,
        order=order,
        isolated=isolated,
        pure=pure,
        roles=roles,
        required=required,
        deprecated=deprecated,
        deprecated_arguments=deprecated_arguments,
    )


def notify(
    *,
    order: Order = Order.PROVISIONING_FIRST,
    isolated: bool = False,
    roles: Iterable[Role] = SPI_ROLES,
    required: Iterable[Role] = (),
    deprecated: Deprecation | None = None,
    deprecated_arguments: Mapping[str, Deprecation] = _NONE,
) -> Callable[[F], F]:
    """Declare a hook that is called for its effect."""
    return _declare(
        Kind.NOTIFY,
        None,
        order=order,
        isolated=isolated,
        pure=False,
        roles=roles,
        required=required,
        deprecated=deprecated,
        deprecated_arguments=deprecated_arguments,
    )


def declarations(module: ModuleType) -> dict[str, Declaration]:
    """The hooks declared in a module or imported by it, by name, in the order they are written there."""
    found = (getattr(member, _DECLARATION, None) for member in vars(module).values())
    return {declaration.name: declaration for declaration in found if declaration is not None}
