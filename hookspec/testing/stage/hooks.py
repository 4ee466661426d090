"""The hooks of some plugins, called in the declared order and merged as declared."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from inspect import Parameter, Signature
from typing import Any, Final

import pluggy
from attrs import frozen

from serai.hookspec import provisioning
from serai.hookspec.configs import ValidationError
from serai.hookspec.errors import SeraiError, ValidationFailed
from serai.hookspec.markers import PROJECT
from serai.hookspec.semantics import Declaration, Kind, Order, declarations

DECLARATIONS: Final = declarations(provisioning)
"""Every hook of provisioning and auxiliary plugins."""


@frozen
class HookCalled:
    """A hook that was called on a plugin.

    Attributes:
        hook: which.
        plugin: the name of the plugin.
    """

    hook: str
    plugin: str


class Hooks:
    """The hooks of some plugins. Each is a method: ``hooks.validate(cluster=cluster)``.

    Args:
        plugins: by name, the provisioning plugin first, then auxiliaries in the user's order.

    Attributes:
        called: every call of a hook on a plugin, in order.
    """

    def __init__(self, plugins: Mapping[str, object]) -> None:
        self.plugins: Final = dict(plugins)
        self.called: Final[list[HookCalled]] = []
        names = list(plugins)
        self._managers: Final = {
            Order.PROVISIONING_FIRST: _manager(self.plugins, names),
            Order.AUXILIARIES_FIRST: _manager(self.plugins, names[::-1]),
        }

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in DECLARATIONS:
            raise AttributeError(f"there is no hook {name}")
        method = partial(self.call, DECLARATIONS[name])
        method.__dict__["__signature__"] = _signature(DECLARATIONS[name])
        return method

    def implements(self, hook: str) -> bool:
        """Whether any of the plugins implements a hook."""
        return bool(self._implementers(DECLARATIONS[hook]))

    def call(self, declaration: Declaration, /, *positional: Any, **named: Any) -> Any:
        """Call a hook on every plugin that implements it, as an engine does.

        Args:
            declaration: the hook's.
            positional: the first of its arguments.
            named: the others; none may be left out.

        Returns:
            Of a select hook the first answer that is not None; of a collect hook what its merge makes of all answers.

        Raises:
            PluginConflict, InvalidResult: the answers cannot be merged.
            Exception: what a plugin raised. Of an isolated hook every plugin is called all the same, and what several
                raised is one ExceptionGroup, or one ValidationFailed where all of it is about the cluster.
        """
        arguments = _signature(declaration).bind(*positional, **named).arguments
        if declaration.kind is Kind.SELECT:
            self.called.extend(HookCalled(declaration.name, name) for name in self._implementers(declaration))
            return getattr(self._managers[declaration.order].hook, declaration.name)(**arguments)
        answers, failures = self._each(declaration, arguments)
        if failures:
            raise _together(declaration.name, failures)
        return None if declaration.merge is None else declaration.merge(answers)

    def _each(
        self, declaration: Declaration, arguments: Mapping[str, Any]
    ) -> tuple[list[tuple[str, Any]], list[Exception]]:
        answers: list[tuple[str, Any]] = []
        failures: list[Exception] = []
        for name in self._implementers(declaration):
            try:
                answers += [(f"plugin {name!r}", answer) for answer in self._alone(declaration, name, arguments)]
            except Exception as error:
                if not declaration.isolated:
                    raise
                failures.append(error)
        return answers, failures

    def _alone(self, declaration: Declaration, name: str, arguments: Mapping[str, Any]) -> Sequence[Any]:
        self.called.append(HookCalled(declaration.name, name))
        others = [plugin for other, plugin in self.plugins.items() if other != name]
        caller = self._managers[declaration.order].subset_hook_caller(declaration.name, others)
        answers: Sequence[Any] = caller(**arguments)
        return answers

    def _implementers(self, declaration: Declaration) -> list[str]:
        manager = self._managers[declaration.order]
        found = getattr(manager.hook, declaration.name).get_hookimpls()
        # pluggy keeps implementations in the reverse of the order it calls them in
        return [each.plugin_name for each in reversed(found) if not each.wrapper]


def _manager(plugins: Mapping[str, object], call_order: Sequence[str]) -> pluggy.PluginManager:
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(provisioning)
    for name in reversed(call_order):  # pluggy calls the last registered first
        manager.register(plugins[name], name)
    return manager


def _signature(declaration: Declaration) -> Signature:
    return Signature([Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in declaration.arguments])


def _together(hook: str, failures: Sequence[Exception]) -> Exception:
    if len(failures) == 1:
        return failures[0]
    if all(isinstance(failure, SeraiError) for failure in failures) and hook.startswith("validate"):
        return ValidationFailed([error for failure in failures for error in _errors(failure)])
    return ExceptionGroup(hook, list(failures))


def _errors(failure: Exception) -> Sequence[ValidationError]:
    if isinstance(failure, ValidationFailed):
        return failure.errors
    assert isinstance(failure, SeraiError)  # noqa: S101 - looked at before
    return [ValidationError(None, failure.message, failure.place, failure.code, failure.hint)]
