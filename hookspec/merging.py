"""How the results of *collect* hooks merge: pure functions, independent of installation order.

Each takes the contributions in call order, checks their shape, and raises InvalidResult naming the plugin whose
result is not what the hook allows, or PluginConflict naming both plugins that declare the same thing.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from serai.hookspec.configs import Config, Recommendation, ValidationError
from serai.hookspec.errors import InvalidResult, PluginConflict
from serai.hookspec.health import HealthCheck
from serai.hookspec.images import ImageArgument
from serai.hookspec.semantics import Contribution

T = TypeVar("T")


def invalid(provider: str, expected: str, value: object) -> InvalidResult:
    """The error for a result of the wrong shape; ``value`` is described by its type, never shown."""
    return InvalidResult(f"{provider} returned {type(value).__name__} where {expected} was expected", place=provider)


def _items(provider: str, value: Any, kind: type[T], expected: str) -> Iterable[T]:
    """The items of a result that must be a list or tuple of one type."""
    if type(value) is not list and not isinstance(value, (list, tuple)):
        raise invalid(provider, expected, value)
    for item in value:
        # bool is an int to isinstance, and never meant where a number is
        if type(item) is not kind and (not isinstance(item, kind) or isinstance(item, bool)):
            raise InvalidResult(
                f"{provider} returned a list with {type(item).__name__} in it where {expected} was expected",
                place=provider,
            )
    return value


def _unique(
    contributions: Iterable[Contribution],
    kind: type[T],
    expected: str,
    key: Callable[[T], Any],
    describe: Callable[[T], str],
) -> list[T]:
    """Concatenate; the same key twice is a conflict, also within one plugin."""
    merged: list[T] = []
    owners: dict[Any, str] = {}
    clashes: list[str] = []
    for provider, value in contributions:
        for item in _items(provider, value, kind, expected):
            if (owner := owners.get(key(item))) is not None:
                clashes.append(f"{describe(item)} is declared by {owner} and by {provider}")
            owners[key(item)] = provider
            merged.append(item)
    if clashes:
        raise conflict(clashes)
    return merged


def conflict(clashes: list[str]) -> PluginConflict:
    """One error for everything that is declared twice."""
    return PluginConflict(
        "; ".join(clashes),
        hint="these plugins cannot be used together; remove one of them from auxiliary_plugins",
        details={"clashes": clashes},
    )


def _concatenated(contributions: Iterable[Contribution], kind: type[T], expected: str) -> list[T]:
    return [item for provider, value in contributions for item in _items(provider, value, kind, expected)]


def _ordered_union(contributions: Iterable[Contribution], kind: type[T], expected: str) -> list[T]:
    merged: dict[T, None] = {}
    for provider, value in contributions:
        for item in _items(provider, value, kind, expected):
            merged[item] = None
    return list(merged)


def configs(contributions: Iterable[Contribution]) -> list[Config]:
    """Configs concatenated; the same (applicable_target, name) twice is a conflict."""
    return _unique(
        contributions,
        Config,
        "a list of Config",
        lambda c: c.key,
        lambda c: f"config {c.name!r} of {c.applicable_target}",
    )


def image_arguments(contributions: Iterable[Contribution]) -> list[ImageArgument]:
    """Image arguments concatenated; the same name twice is a conflict."""
    return _unique(
        contributions,
        ImageArgument,
        "a list of ImageArgument",
        lambda a: a.name,
        lambda a: f"image argument {a.name!r}",
    )


def node_processes(contributions: Iterable[Contribution]) -> dict[str, list[str]]:
    """Processes by service, united in call order; one process declared twice is a conflict."""
    merged: dict[str, list[str]] = {}
    owners: dict[str, tuple[str, str]] = {}
    clashes: list[str] = []
    for provider, value in contributions:
        for service, processes in _mapping_of_names(provider, value, "a dict of service to list of processes").items():
            united = merged.setdefault(service, [])
            for process in processes:
                place = (service, provider)
                if process in owners:
                    other_service, other = owners[process]
                    clashes.append(
                        f"process {process!r} is declared by {other} under {other_service!r}"
                        f" and by {provider} under {service!r}"
                    )
                else:
                    owners[process] = place
                    united.append(process)
    if clashes:
        raise conflict(clashes)
    return merged


def job_types(contributions: Iterable[Contribution]) -> dict[str, list[str]]:
    """Job types by version, united in call order."""
    merged: dict[str, dict[str, None]] = {}
    for provider, value in contributions:
        for version, types in _mapping_of_names(provider, value, "a dict of version to list of job types").items():
            merged.setdefault(version, {}).update(dict.fromkeys(str(name) for name in types))
    return {version: list(types) for version, types in merged.items()}


def _mapping_of_names(provider: str, value: Any, expected: str) -> Mapping[str, list[str]]:
    if not isinstance(value, Mapping):
        raise invalid(provider, expected, value)
    for key, names in value.items():
        if not isinstance(key, str) or not isinstance(names, list | tuple):
            raise invalid(provider, expected, names)
        if not all(isinstance(name, str) for name in names):
            raise invalid(provider, expected, names)
    return value


def tags(contributions: Iterable[Contribution]) -> list[str]:
    """Image tags, each once, in call order."""
    return _ordered_union(contributions, str, "a list of strings")


def root_commands(contributions: Iterable[Contribution]) -> list[str]:
    """Union in call order."""
    return _ordered_union(contributions, str, "a list of strings")


def disruptions(contributions: Iterable[Contribution]) -> list[str]:
    """Sentences, each once, in call order."""
    return _ordered_union(contributions, str, "a list of strings")


def ports(contributions: Iterable[Contribution]) -> list[int]:
    """TCP ports, each once, in call order."""
    merged: dict[int, None] = {}
    for provider, value in contributions:
        for port in _items(provider, value, int, "a list of port numbers"):
            if not 0 < port < 65536:
                raise InvalidResult(f"{provider} returned {port}, which is no TCP port", place=provider)
            merged[port] = None
    return list(merged)


def validation_errors(contributions: Iterable[Contribution]) -> list[ValidationError]:
    """Errors concatenated."""
    return _concatenated(contributions, ValidationError, "a list of ValidationError")


def recommendations(contributions: Iterable[Contribution]) -> list[Recommendation]:
    """Recommendations concatenated; two for the same config of the same node group are a conflict."""
    expected = "a list of Recommendation"
    return _unique(
        contributions, Recommendation, expected, lambda r: (r.node_group, r.target, r.name), _describe_recommendation
    )


def _describe_recommendation(item: Recommendation) -> str:
    group = f" in node group {item.node_group!r}" if item.node_group else ""
    return f"a value for {item.name!r} of {item.target}{group}"


def health_checks(contributions: Iterable[Contribution]) -> list[HealthCheck]:
    """Health checks concatenated."""
    return _concatenated(contributions, HealthCheck, "a list of HealthCheck")


def one_each(contributions: Iterable[Contribution]) -> dict[str, Any]:
    """Results by plugin, unmerged."""
    return dict(contributions)
