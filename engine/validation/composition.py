"""Finding the plugins and the provider that a spec names: its stack, or the nearest to it for checking the rest."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from attrs import field, frozen

from serai.engine.documents.codes import Code
from serai.engine.documents.faults import Fault
from serai.engine.documents.nearest import nearest, suggestion
from serai.engine.documents.paths import Path
from serai.engine.plugins.catalog import Catalog
from serai.engine.plugins.provider import Provider
from serai.engine.plugins.stack import Stack
from serai.engine.spec import ClusterSpec
from serai.hookspec.errors import SeraiError

PLUGIN: Path = ("plugin_name",)
VERSION: Path = ("hadoop_version",)
PROVIDER: Path = ("infrastructure", "provider")


@frozen(eq=False)
class Composition:
    """What a spec's names lead to.

    Attributes:
        stack: the plugins; None when not even a likely one is known.
        provider: the infrastructure provider, likewise.
        sure: whether the stack is the one that was meant, up to misspelt names, with nothing left out: what it does
            not declare does not exist.
        faults: what is wrong with the names.
    """

    stack: Stack | None = None
    provider: Provider | None = None
    sure: bool = True
    faults: tuple[Fault, ...] = field(default=())


def compose(spec: ClusterSpec, catalog: Catalog) -> Composition:
    """Find a spec's stack and provider.

    A name that nothing has is taken for the nearest one, and an unknown version also for the newest, so that the rest
    of the document can be checked in the same pass.
    """
    faults: list[Fault] = []
    provider = _provider(spec, catalog, faults)
    alone = _plugin_alone(spec, catalog, faults)
    if alone is None:
        return Composition(None, provider, sure=False, faults=tuple(faults))
    if (alone.name, alone.version) == (spec.plugin_name, spec.hadoop_version):
        faults.extend(_disabled(alone))
    sure = _nearly(spec.hadoop_version, alone.get_versions()) == alone.version
    stack = _with_auxiliaries(spec, catalog, alone, sure, faults)
    complete = len(stack.auxiliaries) == len({*spec.auxiliary_plugins} - {spec.plugin_name})
    return Composition(stack, provider, sure=sure and complete, faults=tuple(faults))


def _provider(spec: ClusterSpec, catalog: Catalog, faults: list[Fault]) -> Provider | None:
    known = list(catalog.infrastructure)
    given = spec.infrastructure.get("provider")
    if given is None:
        faults.append(Fault(PROVIDER, Code.MISSING_KEY, "is required", f"one of: {', '.join(known)}"))
        return None
    if not isinstance(given, str):
        faults.append(Fault(PROVIDER, Code.WRONG_TYPE, "must be a string", f"one of: {', '.join(known)}"))
        return None
    name = _chosen(given, known, PROVIDER, Code.PROVIDER_NOT_FOUND, "infrastructure provider", faults)
    if name is None:
        return None
    try:
        return catalog.provider(name)
    except SeraiError as error:
        faults.append(_told_by(error, PROVIDER))
        return None


def _plugin_alone(spec: ClusterSpec, catalog: Catalog, faults: list[Fault]) -> Stack | None:
    """The stack of the provisioning plugin without auxiliaries."""
    known = list(catalog.provisioning)
    name = _chosen(spec.plugin_name, known, PLUGIN, Code.PLUGIN_NOT_FOUND, "provisioning plugin", faults)
    if name is None:
        return None
    try:
        versions = catalog.versions(name)
        version = _version(spec.hadoop_version, name, versions, faults)
        return None if version is None else catalog.stack(name, version, ())
    except SeraiError as error:
        faults.append(_told_by(error, PLUGIN))
        return None


def _version(given: str, plugin: str, versions: Sequence[str], faults: list[Fault]) -> str | None:
    near = _nearly(given, versions)
    if near == given:
        return given
    hint = f"did you mean {near!r}?" if near else f"versions: {', '.join(versions)}"
    message = f"plugin {plugin!r} has no version {given!r}"
    faults.append(Fault(VERSION, Code.VERSION_NOT_FOUND, message, hint, meant=near))
    return near or next(iter(versions), None)


def _nearly(given: str, known: Sequence[str]) -> str | None:
    """The name itself if it is known, else the nearest."""
    return given if given in known else nearest(given, known)


def _with_auxiliaries(spec: ClusterSpec, catalog: Catalog, alone: Stack, sure: bool, faults: list[Fault]) -> Stack:
    """The stack with as many of the auxiliaries as fit, each that does not with its reason."""
    wanted = list(_auxiliaries(spec, catalog, faults))
    try:
        return catalog.stack(alone.name, alone.version, tuple(name for _, name in wanted))
    except SeraiError:  # one of them, or several; each is tried to tell which
        stack, joined = alone, list[str]()
    for index, name in wanted:
        try:
            stack = catalog.stack(alone.name, alone.version, (*joined, name))
            joined.append(name)
        except SeraiError as error:
            if sure or error.code != Code.AUXILIARY_DOES_NOT_EXTEND:  # it may well fit the version that was meant
                faults.append(_told_by(error, ("auxiliary_plugins", index)))
    return stack


def _auxiliaries(spec: ClusterSpec, catalog: Catalog, faults: list[Fault]) -> Iterator[tuple[int, str]]:
    """The auxiliaries that exist, each once, with their indexes."""
    known, seen = list(catalog.auxiliary), set[str]()
    for index, given in enumerate(spec.auxiliary_plugins):
        path = ("auxiliary_plugins", index)
        if given in seen:
            faults.append(Fault(path, Code.DUPLICATE_AUXILIARY, f"{given!r} is listed twice", "keep one of them"))
        elif given == spec.plugin_name:
            message = f"{given!r} is the provisioning plugin itself"
            faults.append(Fault(path, Code.AUXILIARY_IS_PLUGIN, message, "remove it from auxiliary_plugins"))
        elif name := _chosen(given, known, path, Code.AUXILIARY_NOT_FOUND, "auxiliary plugin", faults):
            if name not in seen:
                yield index, name
            seen.add(name)
        seen.add(given)


def _chosen(given: str, known: Iterable[str], path: Path, code: Code, what: str, faults: list[Fault]) -> str | None:
    """A known name: the given one, or with a fault the nearest, or None."""
    names = list(known)
    near = _nearly(given, names)
    if near == given:
        return given
    hint = suggestion(given, names) or "install the package that has it; serai plugins lists what is installed"
    faults.append(Fault(path, code, f"no {what} is named {given!r}", hint, meant=near))
    return near


def _disabled(stack: Stack) -> Iterator[Fault]:
    try:
        labels = stack.get_labels()
    except SeraiError as error:
        yield _told_by(error, PLUGIN)
        return
    if not _enabled(labels.get("plugin_labels")):
        yield Fault(PLUGIN, Code.PLUGIN_NOT_ENABLED, f"plugin {stack.name!r} is not enabled", "choose another plugin")
    versions = labels.get("version_labels")
    if isinstance(versions, dict) and not _enabled(versions.get(stack.version)):
        message = f"version {stack.version!r} of plugin {stack.name!r} is not enabled"
        others = [version for version in stack.get_versions() if _enabled(versions.get(version))]
        yield Fault(VERSION, Code.VERSION_NOT_ENABLED, message, f"enabled: {', '.join(others) or 'none'}")


def _enabled(labels: Any) -> bool:
    """Whether labels say enabled, or nothing: ``{"enabled": {"status": True}}``."""
    label = labels.get("enabled") if isinstance(labels, dict) else None
    return not (isinstance(label, dict) and label.get("status") is False)


def _told_by(error: SeraiError, path: Path) -> Fault:
    return Fault(path, error.code, error.message, error.hint)
