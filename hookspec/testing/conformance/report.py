"""What came of all checks, for people and for programs."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from attrs import evolve, field, frozen

from serai.hookspec.testing.conformance.checks import CHECKS, Outcome, Result
from serai.hookspec.testing.conformance.subject import Subject
from serai.hookspec.testing.conformance.told import Testing, told_together
from serai.hookspec.testing.fleet import Fleet


def _results(items: Iterable[Result]) -> tuple[Result, ...]:
    return tuple(items)


@frozen
class Report:
    """What came of the checks of a plugin.

    Attributes:
        plugin: its name.
        results: one for each check.
    """

    plugin: str
    results: tuple[Result, ...] = field(converter=_results)

    @property
    def failed(self) -> tuple[Result, ...]:
        """The results with findings."""
        return tuple(result for result in self.results if result.outcome is Outcome.FAILED)

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong."""
        return not self.failed

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-compatible data."""
        return {
            "plugin": self.plugin,
            "clean": self.is_clean,
            "checks": [
                {
                    "name": result.check.name,
                    "subject": result.check.subject,
                    "claim": result.check.claim,
                    "fix": result.check.fix,
                    "outcome": str(result.outcome),
                    "problems": list(result.problems),
                    "reason": result.reason,
                }
                for result in self.results
            ],
        }

    def __str__(self) -> str:
        counts = Counter(result.outcome for result in self.results)
        told = ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome if counts[outcome])
        return "\n".join((f"{self.plugin}: {told}", *(str(result) for result in self.failed)))


def run_checks(
    plugin: object | Mapping[str, object],
    fleet: Callable[[], Fleet] | None = None,
    *,
    name: str = "",
    testing: Testing | None = None,
    examples: int = 20,
    only: Iterable[str] = (),
) -> Report:
    """Look at a plugin in every way there is.

    Args:
        plugin: the provisioning plugin, or plugins by name: the provisioning plugin first, then auxiliaries.
        fleet: makes hosts that answer as the framework's do; that of ``testing`` when left out.
        name: what a plugin that is given alone is called.
        testing: what its author tells; what the plugin names as ``SERAI_TESTING`` when left out. What auxiliaries name
            is added.
        examples: how many examples a property is tried with.
        only: names of checks; all when empty.

    Raises:
        SeraiError: what the plugin names as its ``SERAI_TESTING`` is not there.
        KeyError: there is no such check.
    """
    plugins = plugin if isinstance(plugin, Mapping) else {name or type(plugin).__name__.lower(): plugin}
    told = told_together(plugins, testing)
    if fleet is not None:
        told = evolve(told, fleet=fleet)
    subject = Subject(plugins, told, examples=examples)
    wanted = [CHECKS[each] for each in only] or list(CHECKS.values())
    return Report(subject.name, [subject.result(check) for check in wanted])
