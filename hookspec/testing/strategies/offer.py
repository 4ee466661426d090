"""What a stack offers, asked of anything that has the SPI's hooks as methods."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from inspect import signature
from typing import Any, Final

from attrs import evolve, field, frozen
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis.strategies import SearchStrategy

from serai.hookspec.cluster import Cluster
from serai.hookspec.configs import GENERAL, SERVICE_PREFIX, Config, ConfigValues, Recommendation, ValidationError
from serai.hookspec.precedence import defaults

KEPT: Final = 64
"""Of how many stacks is remembered what they offer, and what was learned of them."""

_SEARCH: Final = settings(
    database=None,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate, Phase.shrink),
)


@frozen(eq=False, slots=False)
class Offer:
    """One version of a framework, as the plugins of a stack offer it.

    Attributes:
        plugin_name: the provisioning plugin.
        version: the version.
        configs: as of ``get_configs``.
        services: as of ``get_node_processes``.
        auxiliaries: names of the auxiliary plugins.
        stack: who is asked about clusters; None for an offer that demands nothing.
        plain: values, by target and name, for configs that users must give one for, where just any will not do.
    """

    plugin_name: str
    version: str
    configs: tuple[Config, ...] = field(converter=tuple)
    services: Mapping[str, Sequence[str]]
    auxiliaries: tuple[str, ...] = ()
    stack: Any = field(default=None, repr=False)
    plain: Mapping[tuple[str, str], Any] = field(factory=dict, repr=False)
    _used: dict[frozenset[str], list[Config]] = field(factory=dict, init=False, repr=False)

    @cached_property
    def processes(self) -> tuple[str, ...]:
        """The processes of all services."""
        return tuple(process for processes in self.services.values() for process in processes)

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """Every applicable target."""
        return (GENERAL, *(f"{SERVICE_PREFIX}{service}" for service in self.services))

    @cached_property
    def defaults(self) -> ConfigValues:
        """The default values of the configs: made once, as there may be thousands."""
        return defaults(self.configs)

    def configs_for(self, processes: set[str]) -> Sequence[Config]:
        """The configs that may be set where these processes run."""
        used = frozenset(self.targets_for(processes))
        if used not in self._used:
            self._used[used] = [config for config in self.configs if config.applicable_target in used]
        return self._used[used]

    def targets_for(self, processes: set[str]) -> set[str]:
        """The applicable targets for which something may be set where these processes run."""
        return {target for target in self.targets if not (own := self.processes_of(target)) or processes & set(own)}

    def processes_of(self, target: str) -> Sequence[str]:
        """The processes that configs of a target are for; none when they are for anything."""
        return self.services.get(target.removeprefix(SERVICE_PREFIX), ()) if target != GENERAL else ()

    def recommendations(self, cluster: Cluster) -> tuple[Recommendation, ...]:
        """What is recommended for a cluster; raises what ``recommend_configs`` does."""
        if not cluster.use_autoconfig or not hasattr(self.stack, "recommend_configs"):
            return ()
        return tuple(_asked(self.stack, "recommend_configs", cluster=cluster, scaling=False) or ())

    def validate(self, cluster: Cluster) -> None:
        """Have a cluster checked; raises what ``validate`` does."""
        if hasattr(self.stack, "validate"):
            _asked(self.stack, "validate", cluster=cluster)

    def validate_scaling(
        self, cluster: Cluster, existing: Mapping[str, int], additional: Mapping[str, int]
    ) -> Sequence[ValidationError]:
        """What is wrong with a scaling; raises what ``validate_scaling`` does."""
        if not hasattr(self.stack, "validate_scaling"):
            return ()
        asked = {"cluster": cluster, "existing": existing, "additional": additional}
        return tuple(_asked(self.stack, "validate_scaling", **asked) or ())


def versions_of(stack: Any, version: str | None) -> tuple[str, ...]:
    """The versions that clusters of a stack can have.

    Args:
        stack: a stack, or a plugin; one with a ``version`` of its own has no other.
        version: the one that is wanted; None for any.
    """
    if version is not None:
        return (version,)
    own = getattr(stack, "version", None)
    return (own,) if isinstance(own, str) else tuple(_asked(stack, "get_versions"))


def offer_of(stack: Any, version: str) -> Offer:
    """What a stack offers in one version; asked once, as these hooks are pure.

    Args:
        stack: a plugin, or several as one: whatever has ``get_configs``, ``get_node_processes``, and where there are
            rules ``validate``. Arguments are passed by name, and only those that a method wants.
        version: one of ``get_versions``.
    """
    return stack if isinstance(stack, Offer) else _offer(Same(stack), version)


def given_plainly(offer: Offer, values: Mapping[tuple[str, str], SearchStrategy[Any]]) -> Offer:
    """The same stack, whose users give the simplest of some values where they must give one.

    Args:
        offer: the stack.
        values: strategies for values of configs, by target and name.
    """
    needed = [each.key for each in offer.configs if each.key in values and not each.is_optional]
    plain = tuple((key, _simplest(Same(values[key]))) for key in needed)
    return _given(Same(offer), plain) if plain else offer


@lru_cache(maxsize=KEPT)
def _simplest(same: "Same") -> Any:
    strategy: SearchStrategy[Any] = same.it
    return find(strategy, lambda value: True, settings=_SEARCH)


@lru_cache(maxsize=KEPT)
def _given(same: "Same", plain: tuple[tuple[tuple[str, str], Any], ...]) -> Offer:
    offer: Offer = same.it
    return evolve(offer, plain=dict(plain))


@frozen(eq=False)
class Same:
    """A key by identity: a plugin need not be hashable."""

    it: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.it is self.it

    def __hash__(self) -> int:
        return id(self.it)


@lru_cache(maxsize=KEPT)
def _offer(same: Same, version: str) -> Offer:
    stack = same.it
    name = getattr(stack, "name", None)
    return Offer(
        plugin_name=name if isinstance(name, str) else "plugin",
        version=version,
        configs=_asked(stack, "get_configs", hadoop_version=version, version=version),
        services=_asked(stack, "get_node_processes", hadoop_version=version, version=version),
        auxiliaries=tuple(auxiliary.name for auxiliary in getattr(stack, "auxiliaries", ())),
        stack=stack,
    )


def _asked(stack: Any, hook: str, **arguments: Any) -> Any:
    """Call a hook with those of the arguments that it wants, as pluggy does."""
    method: Callable[..., Any] = getattr(stack, hook)
    return method(**{name: value for name, value in arguments.items() if name in signature(method).parameters})
