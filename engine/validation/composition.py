"""Finding the plugins and the provider that a spec names: its stack, or the nearest to it for checking the rest."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from serai.engine.documents.codes import Code
from serai.engine.documents.faults import Fault
from serai.engine.documents.nearest import nearest, suggestion
from serai.engine.documents.paths import Path
from serai.engine.plugins.catalog import Catalog
from serai.engine.plugins.provider import Provider
from serai.engine.plugins.stack import Stack
from serai.engine.spec import ClusterSpec
from serai.hookspec.errors import SeraiError

Faults = tuple[Fault, ...]

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
    faults: Faults = ()


def compose(spec: ClusterSpec, catalog: Catalog) -> Composition:
    """Find a spec's stack and provider.

    A name that nothing has is taken for the nearest one, and an unknown version also for the newest, so that the rest
    of the document can be checked in the same pass.
    """
    provider, faults = _provider(spec, catalog)
    alone, plugin_faults = _plugin_alone(spec, catalog)
    faults = (*faults, *plugin_faults)
    if alone is None:
        return Composition(None, provider, sure=False, faults=faults)
    if (alone.name, alone.version) == (spec.plugin_name, spec.hadoop_version):
        faults = (*faults, *_disabled(alone))
    wanted, unknown = _auxiliaries(spec, catalog)
    stack, refused = _joined(catalog, alone, wanted)
    sure = _nearly(spec.hadoop_version, alone.get_versions()) == alone.version
    if not sure:  # they may well fit the version that was meant
        refused = tuple(fault for fault in refused if fault.code != Code.AUXILIARY_DOES_NOT_EXTEND)
    complete = len(stack.auxiliaries) == len({*spec.auxiliary_plugins} - {spec.plugin_name})
    return Composition(stack, provider, sure=sure and complete, faults=(*faults, *unknown, *refused))


def _provider(spec: ClusterSpec, catalog: Catalog) -> tuple[Provider | None, Faults]:
    known = list(catalog.infrastructure)
    given = spec.infrastructure.get("provider")
    if given is None:
        return None, (Fault(PROVIDER, Code.MISSING_KEY, "is required", f"one of: {', '.join(known)}"),)
    if not isinstance(given, str):
        return None, (Fault(PROVIDER, Code.WRONG_TYPE, "must be a string", f"one of: {', '.join(known)}"),)
    name, faults = _chosen(given, known, PROVIDER, Code.PROVIDER_NOT_FOUND, "infrastructure provider")
    try:
        return None if name is None else catalog.provider(name), faults
    except SeraiError as error:
        return None, (*faults, _told_by(error, PROVIDER))


def _plugin_alone(spec: ClusterSpec, catalog: Catalog) -> tuple[Stack | None, Faults]:
    """The stack of the provisioning plugin without auxiliaries."""
    known = list(catalog.provisioning)
    name, faults = _chosen(spec.plugin_name, known, PLUGIN, Code.PLUGIN_NOT_FOUND, "provisioning plugin")
    if name is None:
        return None, faults
    try:
        version, version_faults = _version(spec.hadoop_version, name, catalog.versions(name))
        return None if version is None else catalog.stack(name, version, ()), (*faults, *version_faults)
    except SeraiError as error:
        return None, (*faults, _told_by(error, PLUGIN))


def _version(given: str, plugin: str, versions: Sequence[str]) -> tuple[str | None, Faults]:
    near = _nearly(given, versions)
    if near == given:
        return given, ()
    hint = f"did you mean {near!r}?" if near else f"versions: {', '.join(versions)}"
    message = f"plugin {plugin!r} has no version {given!r}"
    return near or next(iter(versions), None), (Fault(VERSION, Code.VERSION_NOT_FOUND, message, hint),)


def _auxiliaries(spec: ClusterSpec, catalog: Catalog) -> tuple[dict[str, int], Faults]:
    """The auxiliaries that exist, each once, with their indexes."""
    known = list(catalog.auxiliary)
    wanted: dict[str, int] = {}
    faults: list[Fault] = []
    for index, given in enumerate(spec.auxiliary_plugins):
        path = ("auxiliary_plugins", index)
        if given in spec.auxiliary_plugins[:index]:
            faults.append(Fault(path, Code.DUPLICATE_AUXILIARY, f"{given!r} is listed twice", "keep one of them"))
        elif given == spec.plugin_name:
            message = f"{given!r} is the provisioning plugin itself"
            faults.append(Fault(path, Code.AUXILIARY_IS_PLUGIN, message, "remove it from auxiliary_plugins"))
        else:
            name, unknown = _chosen(given, known, path, Code.AUXILIARY_NOT_FOUND, "auxiliary plugin")
            faults.extend(unknown)
            if name is not None:
                wanted.setdefault(name, index)
    return wanted, tuple(faults)


def _joined(catalog: Catalog, alone: Stack, wanted: Mapping[str, int]) -> tuple[Stack, Faults]:
    """The stack with as many of the auxiliaries as fit, each that does not with its reason."""
    try:
        return catalog.stack(alone.name, alone.version, tuple(wanted)), ()
    except SeraiError:  # because of one of them, or several: each is tried, to tell which
        stack = alone
    faults: list[Fault] = []
    for name, index in wanted.items():
        joined = (*(auxiliary.name for auxiliary in stack.auxiliaries), name)
        try:
            stack = catalog.stack(alone.name, alone.version, joined)
        except SeraiError as error:
            faults.append(_told_by(error, ("auxiliary_plugins", index)))
    return stack, tuple(faults)


def _chosen(given: str, known: Sequence[str], path: Path, code: Code, what: str) -> tuple[str | None, Faults]:
    """A known name: the given one, or with a fault the nearest, or None."""
    near = _nearly(given, known)
    if near == given:
        return given, ()
    hint = suggestion(given, known) or "install the package that has it; serai plugins lists what is installed"
    return near, (Fault(path, code, f"no {what} is named {given!r}", hint),)


def _nearly(given: str, known: Sequence[str]) -> str | None:
    """The name itself if it is known, else the nearest."""
    return given if given in known else nearest(given, known)


def _disabled(stack: Stack) -> Iterator[Fault]:
    try:
        labels = stack.get_labels()
    except SeraiError as error:
        yield _told_by(error, PLUGIN)
        return
    if not _enabled(labels.get("plugin_labels")):
        yield Fault(PLUGIN, Code.PLUGIN_NOT_ENABLED, f"plugin {stack.name!r} is not enabled", "choose another plugin")
    versions = labels.get("version_labels")
    if isinstance(versions, Mapping) and not _enabled(versions.get(stack.version)):
        message = f"version {stack.version!r} of plugin {stack.name!r} is not enabled"
        others = [version for version in stack.get_versions() if _enabled(versions.get(version))]
        yield Fault(VERSION, Code.VERSION_NOT_ENABLED, message, f"enabled: {', '.join(others) or 'none'}")


def _enabled(labels: Any) -> bool:
    """Whether labels say enabled, or nothing: ``{"enabled": {"status": True}}``."""
    label = labels.get("enabled") if isinstance(labels, Mapping) else None
    return not (isinstance(label, Mapping) and label.get("status") is False)


def _told_by(error: SeraiError, path: Path) -> Fault:
    return Fault(path, error.code, error.message, error.hint)
