"""There is a strategy for every class of the model, and for every kind of value."""

import importlib
import inspect
import pkgutil
import subprocess
import sys
from typing import Any

import attrs
import pytest
from example_counts import at_most
from hypothesis import given
from hypothesis import strategies as st

from serai import hookspec
from serai.hookspec import gate
from serai.hookspec.configs import Config
from serai.hookspec.testing.strategies import OBJECTS, configs, objects, user_inputs, values_for, wrong_values_for

SOME = at_most(20)


def model() -> list[type]:
    """Every public attrs class of the contract; what is for tests, as transcripts are, is left out."""
    found = []
    for info in pkgutil.walk_packages(hookspec.__path__, "serai.hookspec."):
        if not info.name.startswith(("serai.hookspec.testing", "serai.hookspec.transcripts", gate.__name__)):
            module = importlib.import_module(info.name)
            found += [
                member
                for name, member in vars(module).items()
                if inspect.isclass(member) and attrs.has(member) and member.__module__ == info.name and name[0] != "_"
            ]
    return found


def test_every_class_has_a_strategy() -> None:
    """A class that comes to the model needs one."""
    assert set(OBJECTS) == set(model())


@pytest.mark.slow
@pytest.mark.parametrize("kind", model(), ids=lambda kind: kind.__name__)
@given(st.data())
@SOME
def test_a_strategy_makes_what_it_is_for(kind: type, data: st.DataObject) -> None:
    """Objects of the class itself."""
    made = data.draw(objects(kind))
    assert type(made) is kind


@given(configs(), st.data())
@SOME
def test_values_are_allowed_and_wrong_ones_are_not(config: Config, data: st.DataObject) -> None:
    """By the config itself, whatever its type and its limits."""
    assert config.problem_with(data.draw(values_for(config))) == ""
    assert config.problem_with(data.draw(wrong_values_for(config))) != ""


@given(user_inputs())
@SOME
def test_inputs_fit_their_config(given_by_user: Any) -> None:
    """Of each type."""
    assert given_by_user.config.problem_with(given_by_user.value) == ""


def test_hypothesis_is_for_tests_alone() -> None:
    """The contract does not import it."""
    code = "import sys, serai.hookspec.objects, serai.hookspec.provisioning; sys.exit('hypothesis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
