"""Scalings of clusters."""

from typing import Any

from hypothesis import strategies as st

from serai.hookspec.cluster import Cluster
from serai.hookspec.testing.strategies.judgement import complaints
from serai.hookspec.testing.strategies.offer import Offer, offer_of

Counts = dict[str, int]


@st.composite
def scalings(
    draw: st.DrawFn, cluster: Cluster, stack: Any, *, valid: bool | None = None, max_count: int = 8
) -> tuple[Counts, Counts]:
    """Scalings of a cluster: arguments for ``validate_scaling``.

    They shrink towards no scaling at all.

    Args:
        cluster: which; it is not changed.
        stack: its plugins: anything that :func:`clusters` takes.
        valid: True for scalings that the stack accepts; None for any. Of what is not accepted, a node group after the
            other is left out; a stack that accepts no scaling gives two empty mappings.
        max_count: the largest count of a node group.

    Returns:
        ``existing``: new counts of some node groups; ``additional``: counts of others, which count as new: what the
        cluster has of them already is not there yet.
    """
    if valid is False:
        raise ValueError("scalings are accepted (valid=True) or any (valid=None); take the refused ones of any")
    chosen = draw(
        st.lists(
            st.tuples(st.sampled_from([group.name for group in cluster.node_groups]), st.integers(0, max_count)),
            unique_by=lambda item: item[0],
            max_size=len(cluster.node_groups),
        )
    )
    added = draw(st.sets(st.sampled_from([name for name, _ in chosen]))) if len(chosen) > 1 else set()
    offer = offer_of(stack, cluster.hadoop_version)
    existing, additional = Counts(), Counts()
    for name, count in chosen:
        if valid and name not in added and count == cluster.node_group(name).count:
            continue  # accepted by everybody, and no scaling
        more = ({**existing, name: count}, additional) if name not in added else (existing, {**additional, name: count})
        if valid is None or is_accepted(offer, cluster, *more):
            existing, additional = more
    return existing, additional


def is_accepted(offer: Offer, cluster: Cluster, existing: Counts, additional: Counts) -> bool:
    """Whether a stack has nothing against a scaling."""
    return not complaints(lambda: offer.validate_scaling(cluster, existing, additional))
