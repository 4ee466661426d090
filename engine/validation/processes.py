"""Rules about node processes."""

from collections.abc import Iterator, Sequence

from serai.engine.documents.codes import Code
from serai.engine.documents.faults import Fault
from serai.engine.documents.nearest import nearest, suggestion
from serai.engine.documents.paths import Path
from serai.engine.validation.context import Context


def node_processes(context: Context) -> Iterator[Fault]:
    """Node groups run processes that exist, each once."""
    for path, group in context.node_groups:
        yield from _listed(context, (*path, "node_processes"), group.node_processes)


def anti_affinity(context: Context) -> Iterator[Fault]:
    """Anti-affinity is about processes that exist, each once."""
    yield from _listed(context, ("anti_affinity",), context.spec.anti_affinity)


def _listed(context: Context, path: Path, names: Sequence[str]) -> Iterator[Fault]:
    seen = set[str]()
    for index, name in enumerate(names):
        place = (*path, index)
        if context.is_faulty(*place):
            continue
        if name in seen:
            yield Fault(place, Code.DUPLICATE_PROCESS, f"{name!r} is listed twice", "keep one of them")
        elif context.stack is not None and name not in context.service_of:
            yield from _unknown(context, place, name)
        seen.add(name)


def _unknown(context: Context, path: Path, name: str) -> Iterator[Fault]:
    near = nearest(name, context.service_of)
    # a plugin that could not join the stack might have had it
    if near is not None or context.composition.sure:
        message = f"no plugin of this cluster has a process {name!r}"
        yield Fault(path, Code.UNKNOWN_PROCESS, message, suggestion(name, context.service_of), meant=near)
