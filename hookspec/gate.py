"""The gate every plugin passes before it is registered: all that breaks the contract, found at once.

pluggy accepts much of this in silence, and differently from release to release; here it is the same on all.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final

from attrs import frozen

from serai.hookspec import infrastructure, listening, provisioning
from serai.hookspec.deprecation import spi_version
from serai.hookspec.evolution import uses
from serai.hookspec.markers import PROJECT, SPI_VERSION
from serai.hookspec.semantics import Declaration, Role, declarations

SPECIFICATIONS: Final = {
    Role.PROVISIONING: provisioning,
    Role.AUXILIARY: provisioning,
    Role.INFRASTRUCTURE: infrastructure,
    Role.LISTENER: listening,
}
"""The module that declares the hooks of each role."""

_IMPL_ATTRIBUTE: Final = f"{PROJECT}_impl"  # where pluggy's marker leaves its options
_FORBIDDEN_OPTIONS: Final = {
    "hookwrapper": "is an old-style wrapper; use hookimpl(wrapper=True)",
    "tryfirst": "asks to be called first; the order of plugins is the stack's",
    "trylast": "asks to be called last; the order of plugins is the stack's",
    "specname": "uses specname; name the function after the hook",
}


@frozen
class Implementation:
    """A function that a plugin marked as implementing a hook."""

    name: str
    function: Callable[..., Any]
    options: Mapping[str, Any]

    @property
    def is_wrapper(self) -> bool:
        return bool(self.options.get("wrapper"))


def faults(plugin: object, role: Role) -> list[str]:
    """Everything that keeps an object from being a plugin of a role; empty when it is one.

    Args:
        plugin: an instance or a module.
        role: what it wants to be.
    """
    if inspect.isclass(plugin):
        return [f"{plugin.__name__} is a class; the entry point must name an instance, {plugin.__name__}()"]
    found = list(_identity_faults(plugin)) + list(_version_faults(plugin))
    hooks = declarations(SPECIFICATIONS[role])
    implementations = list(implemented(plugin))
    for implementation in implementations:
        found.extend(f"{implementation.name}: {fault}" for fault in _hook_faults(implementation, hooks, role))
    found.extend(_unmarked(plugin, hooks))
    if not implementations:
        found.append(f"no function is marked with serai.hookspec.hookimpl (the pluggy project is {PROJECT!r})")
    present = {implementation.name for implementation in implementations if not implementation.is_wrapper}
    missing = [hook.name for hook in hooks.values() if role in hook.required and hook.name not in present]
    found.extend(f"{name}: a plugin of role {role} must implement it" for name in missing)
    return found


def deprecated_uses(plugin: object, role: Role) -> list[str]:
    """What a plugin uses of the contract that goes out of use, with what it is to do instead.

    Args:
        plugin: one without faults.
        role: its role.
    """
    hooks = declarations(SPECIFICATIONS[role])
    return [
        use
        for implementation in implemented(plugin)
        for use in uses(hooks[implementation.name], inspect.signature(implementation.function).parameters)
    ]


def implemented(plugin: object) -> Iterator[Implementation]:
    """The functions of a plugin that carry the marker, without evaluating its properties."""
    for name, function in _functions(plugin):
        options = getattr(function, _IMPL_ATTRIBUTE, None)
        if isinstance(options, Mapping):
            yield Implementation(name, function, options)


def _functions(plugin: object) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name in dir(plugin):
        try:
            member = inspect.getattr_static(plugin, name)
        except AttributeError:
            continue
        if isinstance(member, staticmethod | classmethod):
            member = member.__func__
        if inspect.isroutine(member):
            yield name, member


def _identity_faults(plugin: object) -> Iterator[str]:
    # pluggy keeps plugins in sets and compares them with ==
    if type(plugin).__eq__ is not object.__eq__ and not inspect.ismodule(plugin):
        kind = type(plugin).__name__
        yield f"{kind} compares by value; make it a plain class or attrs.define(eq=False)"


def _version_faults(plugin: object) -> Iterator[str]:
    declared = getattr(plugin, "SERAI_SPI", None) or getattr(inspect.getmodule(type(plugin)), "SERAI_SPI", None)
    if declared is None:
        return
    try:
        wanted, ours = spi_version(str(declared)), spi_version(SPI_VERSION)
    except ValueError:
        yield f"SERAI_SPI is {declared!r}; it must read like {SPI_VERSION!r}"
        return
    if wanted[0] != ours[0] or wanted > ours:
        yield f"it needs SPI {declared}; this is SPI {SPI_VERSION}"


def _hook_faults(implementation: Implementation, hooks: Mapping[str, Declaration], role: Role) -> Iterator[str]:
    declaration = hooks.get(implementation.name)
    if declaration is None:
        yield "there is no such hook" + _meant(implementation.name, hooks)
        return
    if role not in declaration.roles:
        allowed = " and ".join(sorted(declaration.roles))
        yield f"is for {allowed} plugins only"
    for option, reason in _FORBIDDEN_OPTIONS.items():
        if implementation.options.get(option):
            yield reason
    yield from _function_faults(implementation)
    yield from _argument_faults(implementation.function, declaration)


def _function_faults(implementation: Implementation) -> Iterator[str]:
    function = implementation.function
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        yield "is async; hooks are called synchronously, in a thread of the operation"
    elif inspect.isgeneratorfunction(function) != implementation.is_wrapper:
        yield "is a wrapper without yield" if implementation.is_wrapper else "is a generator; return a list instead"


def _argument_faults(function: Callable[..., Any], declaration: Declaration) -> Iterator[str]:
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name == "self":
            continue
        if parameter.kind is not inspect.Parameter.POSITIONAL_OR_KEYWORD:
            yield f"argument {parameter.name} must be an ordinary one"
        elif parameter.name not in declaration.arguments:
            yield f"there is no argument {parameter.name}" + _meant(parameter.name, declaration.arguments)
        elif parameter.default is not inspect.Parameter.empty:
            yield f"argument {parameter.name} has a default; the engine always passes it"


def _unmarked(plugin: object, hooks: Mapping[str, Declaration]) -> Iterator[str]:
    # A module may import the specification itself; only what it defines can have lost its marker.
    for name, function in _functions(plugin):
        foreign = inspect.ismodule(plugin) and getattr(function, "__module__", "") != plugin.__name__
        if name in hooks and not hasattr(function, _IMPL_ATTRIBUTE) and not foreign:
            yield f"{name}: is named like a hook and is not marked with @hookimpl (which stands below @staticmethod)"


def _meant(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name.lower(), list(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""
