"""The plugins an engine knows: loaded when first asked for, quarantined when they fail, composed into stacks."""

import threading
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from serai.engine.documents.nearest import suggestion
from serai.engine.plugins.discovery import Candidate, by_name, installed
from serai.engine.plugins.dispatch import HookCall, LoadedPlugin, hook_calls
from serai.engine.plugins.limits import Limit
from serai.engine.plugins.provider import Provider
from serai.engine.plugins.stack import Stack
from serai.hookspec import gate, listening
from serai.hookspec.deprecation import SpiDeprecationWarning
from serai.hookspec.errors import NotFound, PluginNotFound, PluginRejected, SeraiError, Unsupported
from serai.hookspec.listening import Event
from serai.hookspec.semantics import Role

LISTENER_SECONDS: Final = 30.0
"""How long a listener may take to hear of an event: operations wait for it."""


class Roster(Mapping[str, LoadedPlugin]):
    """The plugins of one role by name. Iterating imports nothing; taking one imports that one.

    A plugin that cannot be loaded raises PluginRejected each time it is asked for and stays in ``quarantine``.
    """

    def __init__(
        self, role: Role, candidates: Mapping[str, Sequence[Candidate]], given: Iterable[LoadedPlugin]
    ) -> None:
        self.role: Final = role
        self.quarantine: Final[dict[str, SeraiError]] = {}
        self._candidates = candidates
        self._loaded = {plugin.name: plugin for plugin in given}
        self._names = sorted({*self._candidates, *self._loaded})
        self._lock = threading.RLock()

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __getitem__(self, name: str) -> LoadedPlugin:
        with self._lock:
            if name in self.quarantine:
                raise self.quarantine[name]
            if name not in self._loaded:
                try:
                    self._loaded[name] = self._load(name)
                except PluginRejected as error:
                    self.quarantine[name] = error
                    raise
            return self._loaded[name]

    def load_all(self) -> dict[str, SeraiError]:
        """Load every plugin of the role; those that cannot be, with the reason."""
        for name in self._names:
            try:
                self[name]
            except SeraiError:
                continue  # kept in quarantine
        return dict(self.quarantine)

    def _load(self, name: str) -> LoadedPlugin:
        candidates = self._candidates.get(name, ())
        if not candidates:
            raise PluginNotFound(
                f"no {self.role} plugin is named {name!r}",
                hint=suggestion(name, self._names) or "serai plugins lists what is installed",
            )
        if len(candidates) > 1:
            owners = " and ".join(sorted(str(candidate.origin) for candidate in candidates))
            raise PluginRejected(
                f"{self.role} plugin {name!r} is installed twice: {owners}",
                place=name,
                hint="uninstall one of them, or block one by the name of its distribution",
            )
        (candidate,) = candidates
        return admitted(candidate.name, self.role, _imported(candidate), candidate.distribution, candidate.version)


class Catalog:
    """All plugins, by role.

    Args:
        plugins: passed in beside the installed ones; they win over an installed one of the same name.
        blocked: names of plugins (``name`` or ``role:name``) or distributions that are never imported.
        discover: whether to look for installed plugins at all.
        limit: how long their hooks may take, where no operation sets another limit; None for no end.
    """

    def __init__(
        self,
        *,
        plugins: Iterable[LoadedPlugin] = (),
        blocked: Iterable[str] = (),
        discover: bool = True,
        limit: Limit | None = None,
    ) -> None:
        given = list(plugins)
        names = frozenset(blocked)
        found = installed() if discover else {}
        self._rosters = {
            role: Roster(
                role,
                by_name(found.get(role, ()), names),
                [plugin for plugin in given if plugin.role is role],
            )
            for role in Role
        }
        self._stacks: dict[tuple[str, str, tuple[str, ...]], Stack] = {}
        self._providers: dict[str, Provider] = {}
        self._limit = limit
        self._lock = threading.RLock()

    def roster(self, role: Role) -> Roster:
        """The plugins of a role."""
        return self._rosters[role]

    @property
    def provisioning(self) -> Roster:
        return self._rosters[Role.PROVISIONING]

    @property
    def auxiliary(self) -> Roster:
        return self._rosters[Role.AUXILIARY]

    @property
    def infrastructure(self) -> Roster:
        return self._rosters[Role.INFRASTRUCTURE]

    @property
    def listener(self) -> Roster:
        return self._rosters[Role.LISTENER]

    def versions(self, plugin_name: str) -> list[str]:
        """The versions of a provisioning plugin.

        Raises:
            PluginNotFound: there is no such plugin.
            PluginRejected: it cannot be loaded.
        """
        return self._stack(plugin_name, "", ()).get_versions()

    def stack(self, plugin_name: str, version: str, auxiliaries: Sequence[str] = ()) -> Stack:
        """The stack of a cluster; made once and kept.

        Raises:
            PluginNotFound, PluginRejected: of any of its plugins.
            NotFound: the plugin has no such version (code VERSION_NOT_FOUND).
            Unsupported: an auxiliary does not fit (code AUXILIARY_DOES_NOT_EXTEND).
            PluginConflict: two of its plugins declare the same thing.
        """
        versions = self.versions(plugin_name)
        if version not in versions:
            raise NotFound(
                f"plugin {plugin_name!r} has no version {version!r}",
                code="VERSION_NOT_FOUND",
                hint=f"versions: {', '.join(versions)}",
            )
        return self._stack(plugin_name, version, tuple(auxiliaries))

    def provider(self, name: str) -> Provider:
        """An infrastructure provider.

        Raises:
            PluginNotFound, PluginRejected: it is not there, or cannot be loaded.
        """
        with self._lock:
            if name not in self._providers:
                provider = Provider(self.infrastructure[name])
                self._providers[name] = provider.within(self._limit) if self._limit else provider
            return self._providers[name]

    def hear(self, event: Event) -> list[SeraiError]:
        """Tell every listener of an event; what they raise is returned, and never raised.

        One that does not return in time is left behind, and told nothing from then on: operations would wait each time.
        """
        errors = [failure.error for failure in self._listening.each(event=event)[1]]
        for error in errors:
            if error.code == "HOOK_TIMEOUT" and error.origin is not None:
                self.listener.quarantine[error.origin.plugin] = error
                self.__dict__.pop("_listening", None)  # made anew, without it
        return errors

    @cached_property
    def _listening(self) -> HookCall:
        self.listener.load_all()
        healthy = [self.listener[name] for name in self.listener if name not in self.listener.quarantine]
        seconds = LISTENER_SECONDS if self._limit is None else min(self._limit.seconds, LISTENER_SECONDS)
        return hook_calls(listening, healthy)["on_event"].within(Limit(seconds))

    def _stack(self, plugin_name: str, version: str, auxiliaries: tuple[str, ...]) -> Stack:
        key = (plugin_name, version, auxiliaries)
        with self._lock:
            known = self._stacks.get(key)
        if known is not None:
            return known
        composed = self._composed(plugin_name, version, auxiliaries)  # calls hooks: nobody else waits for those
        with self._lock:
            return self._stacks.setdefault(key, composed)

    def _composed(self, plugin_name: str, version: str, auxiliaries: tuple[str, ...]) -> Stack:
        plugin = self.provisioning[plugin_name]
        joined = [self.auxiliary[name] for name in dict.fromkeys(auxiliaries)]
        stack = Stack(plugin, version, joined)
        if self._limit is not None:
            stack = stack.within(self._limit)
        for auxiliary in joined:
            if not stack.extends(auxiliary):
                raise Unsupported(
                    f"auxiliary plugin {auxiliary.name!r} does not extend {plugin_name} {version}",
                    code="AUXILIARY_DOES_NOT_EXTEND",
                    hint="remove it from auxiliary_plugins",
                )
        if version:  # conflicts between plugins show here, before anything relies on the stack
            stack.get_configs()
            stack.get_node_processes()
        return stack


def admitted(name: str, role: Role, implementation: object, distribution: str = "", version: str = "") -> LoadedPlugin:
    """A plugin that passed the gate; what it uses that goes out of use is warned of.

    Raises:
        PluginRejected: with every fault.
    """
    plugin = LoadedPlugin(name, role, implementation, distribution, version)
    if faults := _faults(implementation, role):
        listed = "".join(f"\n  {fault}" for fault in faults)
        message = f"{plugin.origin()} breaks the contract:{listed}"
        rejected = PluginRejected(message, place=name, details={"faults": faults})
        rejected.origin = plugin.origin()
        raise rejected
    for use in gate.deprecated_uses(implementation, role):
        warnings.warn(f"{plugin.origin()}: {use}", SpiDeprecationWarning, stacklevel=2)
    return plugin


def _faults(implementation: object, role: Role) -> list[str]:
    try:
        return gate.faults(implementation, role)
    except Exception as error:  # noqa: BLE001 - looking at an object may run its code
        return [f"it cannot be looked at: {type(error).__name__}: {error}"]


def _imported(candidate: Candidate) -> object:
    try:
        return candidate.entry_point.load()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise _unimportable(candidate, error) from error


def _unimportable(candidate: Candidate, error: BaseException) -> PluginRejected:
    rejected = PluginRejected(
        f"{candidate.origin} cannot be imported: {type(error).__name__}: {error}",
        place=candidate.name,
        hint=f"its entry point is {candidate.entry_point.value!r}; try to import that in Python",
    )
    rejected.origin = candidate.origin
    return rejected
