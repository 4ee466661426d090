"""Checks of what a plugin keeps its hands off: what the engine answers for, and what it was not given."""

from collections.abc import Iterator
from contextlib import redirect_stdout
from functools import cached_property
from io import StringIO
from pathlib import PurePosixPath
from typing import Final

from serai.hookspec.cluster import Cluster, Instance
from serai.hookspec.testing.conformance.checks import check
from serai.hookspec.testing.conformance.subject import Subject
from serai.hookspec.testing.fleet import Call
from serai.hookspec.testing.stage import Stage
from serai.hookspec.testing.stage.documents import put_back, without_instances

_WRITES: Final = frozenset({"put", "upload"})


class _Made:
    """A cluster like the simplest one, made and looked at; and what it was before."""

    def __init__(self, subject: Subject) -> None:
        self.stage: Final[Stage] = subject.stage()
        self.cluster: Final[Cluster] = self.stage.cluster(subject.smallest)
        self.before: Final[Cluster] = without_instances(self.cluster)
        self.instances: Final[list[Instance]] = list(self.cluster.instances)
        with redirect_stdout(StringIO()) as said:
            self.stage.validate(self.cluster)
            self.stage.create(self.cluster)
        self.printed: Final[str] = said.getvalue()

    @cached_property
    def calls(self) -> list[tuple[Instance, Call]]:
        """What was asked of each instance."""
        by_name = {each.instance_name: each for each in self.instances}
        return [(by_name[name], call) for name, call in self.stage.fleet.journal.calls if name in by_name]


@check(
    "cluster-untouched",
    fix="keep what you want to know again in info and extra; all else of a cluster is the engine's",
    needs=["provisions"],
)
def cluster_untouched(subject: Subject) -> Iterator[str]:
    """Making a cluster changes nothing of it but its info and extra."""
    made = _Made(subject)
    after = without_instances(made.cluster)
    put_back(after, {"info": {}, "extra": {}, "groups": {}})
    put_back(made.before, {"info": {}, "extra": {}, "groups": {}})
    if made.cluster.instances != made.instances:
        yield "its instances are others after it was made"
    for old, new in zip(made.before.node_groups, after.node_groups, strict=False):
        if old != new:
            yield f"node group {old.name} is another after it was made"
    if made.before != after:
        yield "the cluster is another after it was made"


@check(
    "prints-nothing", fix="tell with run.log: standard output is the command's, for --json, too", needs=["provisions"]
)
def prints_nothing(subject: Subject) -> Iterator[str]:
    """Nothing is printed."""
    if printed := _Made(subject).printed.strip():
        yield f"it printed {printed.splitlines()[0]!r}"


@check("root-told", fix="tell in get_root_commands what is done as root, or do without", needs=["provisions"])
def root_told(subject: Subject) -> Iterator[str]:
    """What is done as root was told, of the node group that it is done in; else real machines refuse it."""
    made = _Made(subject)
    told = {group.name: bool(made.stage.get_root_commands(group)) for group in made.cluster.node_groups}
    for instance, call in made.calls:
        if call.root and not told[instance.node_group.name]:
            yield f"{call} is done as root on {instance.instance_name}"
            return


@check(
    "files-in-place",
    fix="write below layout.prefix, which goes with the cluster, or on a volume; as root where it must be elsewhere",
    needs=["provisions"],
)
def files_in_place(subject: Subject) -> Iterator[str]:
    """Files are written below the cluster's own directory and on the instance's volumes."""
    for instance, call in _Made(subject).calls:
        if call.kind in _WRITES and not call.root:
            own = (instance.remote.layout.prefix, *instance.storage_paths)
            for path in call.words:
                if not any(PurePosixPath(path).is_relative_to(place) for place in own):
                    yield f"{path} is written on {instance.instance_name}"
