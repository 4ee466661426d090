"""The phases that operations share."""

from collections.abc import Sequence

from serai.engine.lifecycle import machines
from serai.engine.operations.work import Work
from serai.engine.recommending import recommend
from serai.hookspec.cluster import Instance


def recommended(work: Work, *, scaling: bool) -> None:
    """Compute recommendations anew: they are never mixed with what the user set."""
    recommend(work.cluster, work.stack, work.provider, scaling=scaling)


def validate(work: Work) -> None:
    """Have the plugins look once more: what was true when the operation was accepted may have changed."""
    recommended(work, scaling=False)
    work.stack.validate(work.cluster)


def update_infra(work: Work) -> None:
    """Let plugins change what the provider is about to make."""
    work.stack.update_infra(work.cluster)


def spawn(work: Work) -> None:
    """Get the machines that are missing."""
    added = machines.spawn(work)
    work.record.state["added"] = [instance.instance_name for instance in added]


def wait(work: Work) -> None:
    """Wait until every new machine answers."""
    await_answers(work, _added(work))


def await_answers(work: Work, instances: Sequence[Instance]) -> None:
    """Wait until machines answer."""
    work.run.each(instances, lambda instance: instance.remote.facts, step="wait for machines", timeout=600)


def prepare(work: Work) -> None:
    """Let plugins check, and mend, the machines they get."""
    examine(work, _added(work))


def examine(work: Work, instances: Sequence[Instance]) -> None:
    """Let plugins check, and mend, machines when there are new ones."""
    if instances and work.stack.implements("validate_images"):
        with work.run.step("validate images"):
            work.stack.validate_images(work.cluster, False, {})


def configure(work: Work) -> None:
    """Install and configure a new cluster."""
    work.stack.configure_cluster(work.cluster, work.run)


def start(work: Work) -> None:
    """Start a new cluster; done when it really works."""
    work.stack.start_cluster(work.cluster, work.run)


def _added(work: Work) -> Sequence[Instance]:
    return work.instances(work.record.state.get("added", []))
