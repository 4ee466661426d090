"""Asking provider and plugins what they think of a cluster, whatever each of them does."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from attrs import evolve

from serai.engine.documents.codes import Code
from serai.engine.documents.faults import Fault
from serai.engine.documents.paths import Path, format_path, parse_path
from serai.engine.drafting import Reading
from serai.engine.plugins.provider import Provider
from serai.engine.plugins.stack import Stack
from serai.engine.recommending import recommend
from serai.engine.spec import ClusterSpec
from serai.engine.validation.recommendations import check_recommendations
from serai.hookspec.cluster import Cluster
from serai.hookspec.configs import ValidationError
from serai.hookspec.errors import (
    InvalidResult,
    PluginConflict,
    PluginFailed,
    PluginRejected,
    SeraiError,
    ValidationFailed,
)

Question = Callable[[], Iterable[ValidationError] | None]
"""Asks somebody for errors, which may be returned or raised."""

DEFECTS: Final = (InvalidResult, PluginConflict, PluginFailed, PluginRejected)
"""Errors that are a plugin's own fault and say nothing about the cluster."""


def opinions(cluster: Cluster, stack: Stack, provider: Provider | None, *, doubtful: bool) -> list[ValidationError]:
    """What provider and plugins find wrong with a cluster that is to be made. Gives it facts and recommendations.

    Args:
        cluster: the cluster.
        stack: its plugins.
        provider: where its machines would come from, if known.
        doubtful: whether the cluster is known to have faults, so that a plugin which stumbles over it is excused.

    Raises:
        SeraiError: a plugin has a defect, and nothing is wrong that could explain it.
    """
    questions: list[Question] = [
        lambda: _recommended(cluster, stack, provider),
        lambda: stack.validate(cluster),
        lambda: declared(cluster, stack),
    ]
    if provider is not None:
        questions.insert(1, lambda: provider.validate_infrastructure(cluster))
    return ask(questions, doubtful=doubtful)


def ask(questions: Iterable[Question], *, doubtful: bool) -> list[ValidationError]:
    """All errors that questions return or raise; each is asked, whatever became of the one before.

    Raises:
        SeraiError: the first defect, when there is no error and no doubt.
    """
    errors: list[ValidationError] = []
    defects: list[SeraiError] = []
    for question in questions:
        try:
            errors.extend(question() or ())
        except DEFECTS as error:
            defects.append(error)
        except SeraiError as error:
            errors.extend(_errors_of(error))
    if defects and not errors and not doubtful:
        raise defects[0]
    return errors


def news(errors: Iterable[ValidationError], told: frozenset[Path], reading: Reading) -> list[ValidationError]:
    """Errors about places that nothing was told of yet, each once, the places as the user spells them."""
    kept: list[ValidationError] = []
    for error in unique(errors):
        path = parse_path(error.path)
        if not any(path[: length + 1] in told for length in range(len(path))) and not reading.is_faulty(path):
            kept.append(evolve(error, path=format_path(reading.spelled(path))))
    return kept


def all_errors(spec: ClusterSpec, faults: Sequence[Fault], found: Iterable[ValidationError]) -> list[ValidationError]:
    """Everything that is wrong with a spec: its structure first, then the rules', the provider's, the plugins'.

    The rules know of a config only that there is none of its name. A plugin that has something to say of exactly that
    place knows more, such as why it offers none.

    Args:
        spec: what the user asks for.
        faults: what the rules found.
        found: what provider and plugins found.
    """
    found = list(found)
    places = {parse_path(error.path) for error in found}
    kept = [fault for fault in faults if fault.code != Code.UNKNOWN_CONFIG or fault.path not in places]
    errors = [*spec.problems, *(evolve(fault, path=spec.reading.spelled(fault.path)).to_error() for fault in kept)]
    return [*errors, *news(found, frozenset(fault.path for fault in kept), spec.reading)]


def unique(errors: Iterable[ValidationError]) -> list[ValidationError]:
    """Errors without those that say the same of the same place."""
    return list({(error.path, error.code, error.error_message): error for error in errors}.values())


def declared(cluster: Cluster, stack: Stack) -> None:
    """A plugin that cannot tell its ports, or what it does as root, has a defect: better known before machines are."""
    for node_group in cluster.node_groups:
        stack.get_open_ports(node_group)
        stack.get_root_commands(node_group)


def _recommended(cluster: Cluster, stack: Stack, provider: Provider | None) -> None:
    recommend(cluster, stack, provider, scaling=False)
    check_recommendations(cluster, stack.get_configs())


def _errors_of(error: SeraiError) -> list[ValidationError]:
    if isinstance(error, ValidationFailed):
        return list(error.errors)
    return [ValidationError(error_message=error.message, path=error.place, code=error.code, hint=error.hint)]
