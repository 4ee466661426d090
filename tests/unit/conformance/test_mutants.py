"""The suite finds the faults that authors make: plugins that are sound, each with one fault."""

import pytest
from unit.conformance.mutants.every import MUTANTS

from serai.hookspec.testing.conformance import run_checks

EVERY = [(plugin, mutant) for plugin, mutants in MUTANTS.values() for mutant in mutants]
NAMES = [f"{name}: {mutant.name}" for name, (_, mutants) in MUTANTS.items() for mutant in mutants]


@pytest.mark.slow
@pytest.mark.parametrize(("plugin", "mutant"), EVERY, ids=NAMES)
def test_a_mutant_is_caught_by_the_check_it_names(plugin, mutant, monkeypatch):
    """And one that names none by none: then it is time to name it."""
    mutant.apply(monkeypatch)
    report = run_checks(plugin, only=[mutant.check] if mutant.check else [])
    if mutant.check and report.is_clean:
        pytest.fail(f"not caught by {mutant.check}, but:\n{run_checks(plugin)}", pytrace=False)
    assert mutant.check or report.is_clean, report


def test_of_the_faults_of_each_plugin_there_are_many_and_at_most_one_in_ten_is_not_caught():
    """What is not caught is told, too."""
    for _, mutants in MUTANTS.values():
        assert len(mutants) >= 15
        assert len([mutant.name for mutant in mutants if not mutant.check]) <= len(mutants) // 10


def test_a_mutant_has_a_name_of_its_own_and_says_what_it_breaks():
    """Nobody else tells what it is for."""
    assert len(set(NAMES)) == len(EVERY)
    assert all(mutant.breaks.endswith(".") for _, mutant in EVERY)
