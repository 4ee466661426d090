"""Everything that is wrong with a spec, in one pass: structure, the engine's rules, the provider's, the plugins'."""

from collections.abc import Callable, Collection

from attrs import evolve, frozen

from serai.engine.plugins.catalog import Catalog
from serai.engine.plugins.provider import Lend, Provider
from serai.engine.redaction import discreet
from serai.engine.spec import ClusterSpec
from serai.engine.validation.asking import all_errors, opinions
from serai.engine.validation.composition import compose
from serai.engine.validation.configs import secrets_in
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


def _bare(provider: Provider) -> Provider:
    """A provider that is lent nothing: enough for those that look at nothing but the cluster."""
    return provider


def examine(spec: ClusterSpec, catalog: Catalog, is_taken: Callable[[str], bool], lend: Lend = _bare) -> Examination:
    """Find everything that is wrong with a spec. Changes nothing.

    Args:
        spec: what the user asks for.
        catalog: the plugins.
        is_taken: tells whether another cluster has a name.
        lend: lends the provider what its hooks are called with.

    Raises:
        SeraiError: a plugin has a defect, and nothing is wrong with the spec that could explain it.
    """
    spec = spec.checked()
    context = Context(spec, compose(spec, catalog), is_taken)
    with discreet(secrets_in(context)) as redactor:
        examination = _examined(spec, context, lend)
        return evolve(examination, errors=tuple(redactor.errors(examination.errors)))


def _examined(spec: ClusterSpec, context: Context, lend: Lend) -> Examination:
    faults = list(broken(context))
    stack, provider = context.composition.stack, context.composition.provider
    if stack is None:
        return Examination(tuple(all_errors(spec, faults, ())))
    doubtful = bool(faults or spec.problems)
    cluster = repaired(context) if doubtful else spec.to_cluster(stack.get_configs())
    lent = None if provider is None else lend(provider)
    errors = all_errors(spec, faults, opinions(cluster, stack, lent, doubtful=doubtful))
    return Examination(tuple(errors), None if errors else cluster)


def validate_spec(
    spec: ClusterSpec, catalog: Catalog, taken: Collection[str] = frozenset(), lend: Lend = _bare
) -> list[ValidationError]:
    """Everything that is wrong with a spec; empty when a cluster can be made of it.

    Args:
        spec: what the user asks for.
        catalog: the plugins.
        taken: names that clusters have already.
        lend: lends the provider what its hooks are called with.
    """
    return list(examine(spec, catalog, taken.__contains__, lend).errors)


def validated_cluster(
    spec: ClusterSpec, catalog: Catalog, taken: Collection[str] = frozenset(), lend: Lend = _bare
) -> Cluster:
    """The cluster that a spec asks for, with facts, recommendations and defaults, nothing of it made yet.

    Args:
        spec: what the user asks for.
        catalog: the plugins.
        taken: names that clusters have already.
        lend: lends the provider what its hooks are called with.

    Raises:
        ValidationFailed: with everything that is wrong with the spec.
    """
    examination = examine(spec, catalog, taken.__contains__, lend)
    if examination.cluster is None:
        raise ValidationFailed(examination.errors, what=f"cluster {spec.name}".strip())
    return examination.cluster
