"""Strategies for configs, and for what users, plugins and validators say of them."""

from collections.abc import Sequence
from typing import Any, Final

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from serai.hookspec.configs import (
    GENERAL,
    Config,
    ConfigType,
    Recommendation,
    Scope,
    UpdatePolicy,
    UserInput,
    ValidationError,
)
from serai.hookspec.testing.strategies.plain import scalars, words
from serai.hookspec.testing.strategies.typed_values import values_for

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


@st.composite
def configs(draw: st.DrawFn, targets: Sequence[str] = (GENERAL, "service:Example")) -> Config:
    """Configs of every type, with a default that fits, or none.

    Args:
        targets: their applicable targets.
    """
    kind = draw(st.sampled_from(ConfigType))
    bounds = sorted(draw(st.tuples(st.integers(0, 99), st.integers(0, 99)))) if kind is ConfigType.INTEGER else None
    config = Config(
        name=draw(st.text(_LETTERS, min_size=1, max_size=8)),
        description=draw(words()),
        config_type=kind,
        config_values=draw(_choices()) if kind is ConfigType.ENUM else (),
        applicable_target=draw(st.sampled_from(targets)),
        scope=draw(st.sampled_from(Scope)),
        is_optional=draw(st.booleans()),
        priority=draw(st.sampled_from((2, 1))),
        minimum=bounds[0] if bounds else None,
        maximum=bounds[1] if bounds else None,
        update_policy=draw(st.sampled_from(UpdatePolicy)),
        update_processes=draw(st.lists(st.text(_LETTERS, min_size=1, max_size=4), max_size=2, unique=True)),
    )
    return evolve(config, default_value=draw(st.none() | values_for(config)))


def _choices() -> SearchStrategy[tuple[str, ...]]:
    return st.lists(st.text(_LETTERS, min_size=1, max_size=4), min_size=1, max_size=4, unique=True).map(tuple)


def user_inputs() -> SearchStrategy[UserInput]:
    """Values that users gave, each allowed by its config."""
    return configs().flatmap(lambda config: st.builds(UserInput, st.just(config), values_for(config)))


def config_values(leaves: SearchStrategy[Any] | None = None) -> SearchStrategy[dict[str, dict[str, Any]]]:
    """Values by target and name, of any config.

    Args:
        leaves: the values; any scalars when left out.
    """
    values = st.dictionaries(words(), scalars() if leaves is None else leaves, max_size=3)
    return st.dictionaries(words(), values, max_size=3)


def recommendations() -> SearchStrategy[Recommendation]:
    """Recommendations, for a node group or for the cluster."""
    return st.builds(Recommendation, words(), words(), scalars(), st.none() | words(), words())


def validation_errors() -> SearchStrategy[ValidationError]:
    """Validation errors, with and without a config."""
    return st.builds(ValidationError, st.none() | configs(), words(), words(), words(), words())
