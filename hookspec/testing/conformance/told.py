"""What authors tell of their plugins, so that these can be looked at."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from attrs import evolve, field, frozen
from hypothesis.strategies import SearchStrategy

from serai.hookspec.errors import SeraiError
from serai.hookspec.testing.fleet import Fleet, VirtualClock


def _silent_fleet() -> Fleet:
    return Fleet(clock=VirtualClock())


@frozen
class Testing:
    """What the author of a plugin tells of it. A plugin names its own as ``SERAI_TESTING = "package.module:NAME"``.

    Attributes:
        fleet: makes hosts that answer as those of the framework do; anew for each try, on a virtual clock.
        join: of an auxiliary plugin: has the hosts of the plugin that it extends answer as its own processes do, too.
        hold: has the framework never finish draining a host, by its name; None where nothing can be drained.
        monotone: processes of which more never make an accepted cluster one that is refused.
        keeps_nothing: whether no instance holds anything of the plugin's that removing it could lose.
        topologies: as of :func:`serai.hookspec.testing.strategies.clusters`.
        values: likewise.
        max_instances: how large the clusters are that are tried.
    """

    __test__ = False  # pytest takes every class called Test… for one of tests

    fleet: Callable[[], Fleet] = _silent_fleet
    join: Callable[[Fleet], None] | None = None
    hold: Callable[[Fleet, str], None] | None = None
    monotone: tuple[str, ...] = ()
    keeps_nothing: bool = False
    topologies: tuple[Any, ...] = ()
    values: Mapping[tuple[str, str], SearchStrategy[Any]] = field(factory=dict, hash=False)
    max_instances: int = 6


def testing_of(plugin: object) -> Testing:
    """What a plugin's author tells of it, where the plugin says; else nothing.

    Raises:
        SeraiError: what it names is not there, or no Testing.
    """
    name = getattr(plugin, "SERAI_TESTING", None)
    if name is None:
        return Testing()
    module, _, attribute = str(name).partition(":")
    try:
        found = getattr(import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise SeraiError(f"SERAI_TESTING names {name!r}, which is not there: {error}", code="NO_TESTING") from error
    if not isinstance(found, Testing):
        raise SeraiError(f"SERAI_TESTING names {name!r}, which is no Testing", code="NO_TESTING")
    return found


def told_together(plugins: Mapping[str, object], provisioning: Testing | None = None) -> Testing:
    """What the author of a provisioning plugin tells, and those of auxiliaries add: hosts answer for all of them.

    Args:
        plugins: by name: the provisioning plugin first, then auxiliaries.
        provisioning: what is told of the first of them; what that names when left out.

    Raises:
        SeraiError: what one of them names is not there.
    """
    first, *rest = plugins.values()
    told, auxiliaries = provisioning or testing_of(first), [testing_of(each) for each in rest]
    if not auxiliaries:
        return told

    def fleet() -> Fleet:
        hosts = told.fleet()
        for join in [each.join for each in auxiliaries if each.join is not None]:
            join(hosts)
        return hosts

    return evolve(
        told,
        fleet=fleet,
        monotone=(*told.monotone, *(process for each in auxiliaries for process in each.monotone)),
        values={key: value for each in (*auxiliaries, told) for key, value in each.values.items()},
    )
