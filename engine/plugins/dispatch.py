"""Calling the hooks of a set of plugins: order, merging, and the name of the culprit.

The only place that touches pluggy's hook callers.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from types import CodeType, ModuleType, TracebackType
from typing import Any, Final

import pluggy
from attrs import frozen

from serai.engine.log_context import at
from serai.engine.plugins.limits import Limit, call_within
from serai.hookspec import merging
from serai.hookspec.errors import Origin, PluginFailed, PluginRejected, SeraiError
from serai.hookspec.markers import PROJECT
from serai.hookspec.semantics import Contribution, Declaration, Order, Role, declarations


@frozen(eq=False)
class LoadedPlugin:
    """A plugin that passed the gate.

    Attributes:
        name: its name.
        role: what it is.
        implementation: the object with its hooks.
        distribution: the package that ships it; ``""`` when it was passed in.
        version: that package's version.
    """

    name: str
    role: Role
    implementation: object
    distribution: str = ""
    version: str = ""

    def origin(self, hook: str = "") -> Origin:
        """The plugin as errors name it."""
        return Origin(self.name, self.distribution, self.version, hook)


@frozen
class Failure:
    """An isolated call that raised."""

    plugin: LoadedPlugin
    error: SeraiError


class HookCall:
    """One hook, called on a set of plugins in its declared order."""

    def __init__(
        self,
        declaration: Declaration,
        manager: pluggy.PluginManager,
        plugins: Sequence[LoadedPlugin],
    ) -> None:
        self.declaration: Final = declaration
        self._manager = manager
        self._bare: Final[Callable[..., Any]] = getattr(manager.hook, declaration.name)
        self._caller = self._bare
        implementations = getattr(manager.hook, declaration.name).get_hookimpls()
        by_object: dict[int, LoadedPlugin] = {id(plugin.implementation): plugin for plugin in plugins}
        # pluggy keeps implementations in the reverse of the order it calls them in
        self._plugin_of_code: dict[Any, LoadedPlugin] = {
            getattr(implementation.function, "__code__", None): by_object[id(implementation.plugin)]
            for implementation in implementations
        }
        self._wrappers = [
            by_object[id(implementation.plugin)]
            for implementation in reversed(implementations)
            if implementation.wrapper
        ]
        self.plugins: Final[list[LoadedPlugin]] = [
            by_object[id(implementation.plugin)]
            for implementation in reversed(implementations)
            if not implementation.wrapper
        ]
        self.providers: Final = [str(plugin.origin()) for plugin in self.plugins]
        self._merge: Final = declaration.merge or merging.one_each
        self._alone: dict[str, Callable[..., Any]] = {}
        self._limit: Limit | None = None

    def within(self, limit: Limit) -> "HookCall":
        """The same hook, each call of it limited."""
        same = copy(self)
        same._limit = limit
        same._caller = same._limited(self._bare)
        same._alone = {}
        return same

    def _limited(self, caller: Callable[..., Any]) -> Callable[..., Any]:
        limit = self._limit
        if limit is None:
            return caller

        def limited(**arguments: Any) -> Any:
            with at(hook=self.declaration.name):
                return call_within(limit, caller, arguments, self._culprit)

        return limited

    @property
    def origin(self) -> Origin:
        """Whoever implements it, as errors name them that are nobody's alone."""
        return self._culprit(())

    @property
    def bare(self) -> Callable[..., Any]:
        """pluggy's own caller, for those who measure what stands above it."""
        return self._bare

    def select(self, **arguments: Any) -> Any:
        """The first answer that is not None, or None."""
        return self._ask(arguments)

    def notify(self, **arguments: Any) -> None:
        """Call every plugin; the first that raises stops the rest."""
        self._ask(arguments)

    def collect(self, **arguments: Any) -> Any:
        """Every answer, merged as declared."""
        try:
            results = self._caller(**arguments)  # as _ask does: a call less on the way that is taken most
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            raise self._blamed(error) from error
        try:
            if type(results) is list and len(results) == len(self.providers):
                return self._merge(zip(self.providers, results))  # noqa: B905 - their lengths were compared
            return self._merge(self._attributed(results, arguments))
        except SeraiError as error:
            raise self._located(error) from None

    def each(self, **arguments: Any) -> tuple[list[Contribution], list[Failure]]:
        """Call every plugin by itself, in order, whatever the others do: all answers and all failures."""
        answers: list[Contribution] = []
        failures: list[Failure] = []
        for plugin in self.plugins:
            try:
                for result in self._call_alone(plugin, arguments):
                    answers.append((str(plugin.origin()), result))
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # noqa: BLE001 - whatever a plugin raises, SystemExit too, is kept and named
                failures.append(Failure(plugin, labelled(error, plugin.origin(self.declaration.name))))
        return answers, failures

    def _ask(self, arguments: Mapping[str, Any]) -> Any:
        try:
            return self._caller(**arguments)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            raise self._blamed(error) from error

    def _blamed(self, error: BaseException) -> SeraiError:
        """What to raise for an exception; an error of our own family is raised as it is, with its origin."""
        origin = self._culprit(list(_code_objects(error.__traceback__)))
        if isinstance(error, SeraiError):
            error.origin = error.origin or origin
            raise error
        return labelled(error, origin)

    def _call_alone(self, plugin: LoadedPlugin, arguments: Mapping[str, Any]) -> Iterable[Any]:
        caller = self._alone.get(plugin.name)
        if caller is None:
            others = [other.implementation for other in self.plugins if other is not plugin]
            caller = self._limited(self._manager.subset_hook_caller(self.declaration.name, others))
            self._alone[plugin.name] = caller
        results = caller(**arguments)
        return results if isinstance(results, list) else []

    def _attributed(self, results: Any, arguments: Mapping[str, Any]) -> list[Contribution]:
        """Contributions when results and plugins do not line up: someone said None, or a wrapper changed the list."""
        if self._wrappers:
            outermost = str(self._wrappers[0].origin())
            if not isinstance(results, list):
                raise merging.invalid(outermost, "a list of results", results)
            return [(outermost, result) for result in results]
        answers, _ = self.each(**arguments)
        return answers

    def _located(self, error: SeraiError) -> SeraiError:
        error.details.setdefault("hook", self.declaration.name)
        for plugin in self.plugins:
            if error.place == str(plugin.origin()):
                error.origin = plugin.origin(self.declaration.name)
        return error

    def _culprit(self, codes: Sequence[CodeType]) -> Origin:
        """Whose function was at work, found by comparing code objects, outermost first: public data only."""
        for code in reversed(codes):
            if (plugin := self._plugin_of_code.get(code)) is not None:
                return plugin.origin(self.declaration.name)
        if len(self.plugins) == 1:
            return self.plugins[0].origin(self.declaration.name)
        return Origin("/".join(plugin.name for plugin in self.plugins), hook=self.declaration.name)


def labelled(error: BaseException, origin: Origin) -> SeraiError:
    """The error with its origin; one that is not of our family is wrapped."""
    if isinstance(error, SeraiError):
        error.origin = error.origin or origin
        return error
    wrapped = PluginFailed(
        f"{origin}: {type(error).__name__}: {error}",
        hint="this is a defect of the plugin; report it to its authors with the traceback",
    )
    wrapped.origin = origin
    wrapped.__cause__ = error
    return wrapped.with_traceback(error.__traceback__)


def _code_objects(traceback: TracebackType | None) -> Iterator[CodeType]:
    while traceback is not None:
        yield traceback.tb_frame.f_code
        traceback = traceback.tb_next


def hook_calls(specification: ModuleType, plugins: Sequence[LoadedPlugin]) -> dict[str, HookCall]:
    """Every hook of a specification, ready to be called on plugins.

    Args:
        specification: a module of ``serai.hookspec`` that declares hooks.
        plugins: the provisioning plugin first, then auxiliaries in the user's order.

    Raises:
        PluginRejected: pluggy would not take a plugin.
    """
    managers = {
        Order.PROVISIONING_FIRST: _manager(specification, plugins),
        Order.AUXILIARIES_FIRST: _manager(specification, plugins[::-1]),
    }
    return {
        name: HookCall(declaration, managers[declaration.order], plugins)
        for name, declaration in declarations(specification).items()
    }


def _manager(specification: ModuleType, call_order: Sequence[LoadedPlugin]) -> pluggy.PluginManager:
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(specification)
    for plugin in reversed(call_order):  # pluggy calls the last registered first
        try:
            manager.register(plugin.implementation, plugin.name)
        except Exception as error:
            raise PluginRejected(f"{plugin.origin()}: {error}", place=plugin.name) from error
    return manager
