"""Everything that is wrong with a spec, in one pass: structure, the engine's rules, the provider's, the plugins'."""

from collections.abc import Callable, Collection

from attrs import evolve, frozen

from serai.engine.plugins.catalog import Catalog
from serai.engine.spec import ClusterSpec
from serai.engine.validation.asking import news, opinions
from serai.engine.validation.composition import compose
from serai.engine.validation.context import Context
from serai.engine.validation.repair import repaired
from serai.engine.validation.rules import broken
from serai.hookspec.cluster import Cluster
from serai.hookspec.configs import ValidationError
from serai.hookspec.errors import ValidationFailed


@frozen(eq=False)
class Examination:
    """What became of a spec.

    Attributes:
        errors: what is wrong with it: the structure's first, then the rules', the provider's, the plugins'.
        cluster: the cluster it asks for, with facts, recommendations and defaults; None when there are errors.
    """

    errors: tuple[ValidationError, ...]
    cluster: Cluster | None = None


def examine(spec: ClusterSpec, catalog: Catalog, is_taken: Callable[[str], bool]) -> Examination:
    """Find everything that is wrong with a spec. Touches nothing.

    Args:
        spec: what the user asks for.
        catalog: the plugins.
        is_taken: tells whether another cluster has a name.

    Raises:
        SeraiError: a plugin has a defect, and nothing is wrong with the spec that could explain it.
    """
    spec = spec.checked()
    context = Context(spec, compose(spec, catalog), is_taken)
    faults = list(broken(context))
    errors = list(spec.problems)
    errors += [evolve(fault, path=spec.reading.spelled(fault.path)).to_error() for fault in faults]
    stack, provider = context.composition.stack, context.composition.provider
    if stack is None:
        return Examination(tuple(errors))
    cluster = repaired(context) if errors else spec.to_cluster(stack.get_configs())
    found = opinions(cluster, stack, provider, doubtful=bool(errors))
    errors += news(found, frozenset(fault.path for fault in faults), spec.reading)
    return Examination(tuple(errors), None if errors else cluster)


def validate_spec(spec: ClusterSpec, catalog: Catalog, taken: Collection[str] = frozenset()) -> list[ValidationError]:
    """Everything that is wrong with a spec; empty when a cluster can be made of it.

    Args:
        spec: what the user asks for.
        catalog: the plugins.
        taken: names that clusters have already.
    """
    return list(examine(spec, catalog, taken.__contains__).errors)


def validated_cluster(spec: ClusterSpec, catalog: Catalog, taken: Collection[str] = frozenset()) -> Cluster:
    """The cluster that a spec asks for, with facts, recommendations and defaults, nothing of it made yet.

    Args:
        spec: what the user asks for.
        catalog: the plugins.
        taken: names that clusters have already.

    Raises:
        ValidationFailed: with everything that is wrong with the spec.
    """
    examination = examine(spec, catalog, taken.__contains__)
    if examination.cluster is None:
        raise ValidationFailed(examination.errors, what=f"cluster {spec.name}".strip())
    return examination.cluster
