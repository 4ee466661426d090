"""Strategies for values of configs: those a config allows, and those it does not."""

from collections.abc import Mapping
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from serai.hookspec.configs import Config, ConfigType
from serai.hookspec.testing.strategies.plain import scalars, words

_FAR: Final = 1 << 20
"""How far beyond a limit values of the right type go."""


def values_for(config: Config) -> SearchStrategy[Any]:
    """Values that a config allows, as a document has them: those of secrets in clear.

    Args:
        config: of any type; its bounds or its ``config_values`` are kept.
    """
    match config.config_type:
        case ConfigType.INTEGER:
            return st.integers(config.minimum, config.maximum)
        case ConfigType.BOOLEAN:
            return st.booleans()
        case ConfigType.ENUM:
            return st.sampled_from(config.config_values)
        case ConfigType.STRING | ConfigType.SECRET:
            return words()


def wrong_values_for(config: Config) -> SearchStrategy[Any]:
    """Values that a config does not allow: of other types, outside its limits, not among its values.

    What looks nearly right is among them: ``"1"``, ``1.0`` and ``true`` for an integer, ``"true"`` for a boolean.

    Args:
        config: of any type.
    """
    return st.one_of(wrong_types_for(config), *beyond(config))


def wrong_types_for(config: Config) -> SearchStrategy[Any]:
    """Values of other types than a config has."""
    kinds = {kind: strategy for kind, strategy in _BY_KIND.items() if kind is not _KINDS[config.config_type]}
    return st.one_of(*kinds.values(), st.lists(scalars(), max_size=2))


def beyond(config: Config) -> list[SearchStrategy[Any]]:
    """Values of the right type which are not allowed: a strategy for each limit that the config has."""
    found: list[SearchStrategy[Any]] = []
    if config.minimum is not None:
        found.append(st.integers(config.minimum - _FAR, config.minimum - 1))
    if config.maximum is not None:
        found.append(st.integers(config.maximum + 1, config.maximum + _FAR))
    if config.config_type is ConfigType.ENUM:
        found.append(words().filter(lambda value: value not in config.config_values))
    return found


_BY_KIND: Final[Mapping[type, SearchStrategy[Any]]] = {
    type(None): st.none(),
    bool: st.booleans(),
    int: st.integers(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    str: st.sampled_from(("", "1", "true")) | words(),
}
_KINDS: Final[Mapping[ConfigType, type]] = {
    ConfigType.STRING: str,
    ConfigType.INTEGER: int,
    ConfigType.BOOLEAN: bool,
    ConfigType.ENUM: str,
    ConfigType.SECRET: str,
}
