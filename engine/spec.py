"""What a user asks for: a cluster document as an object."""

from collections.abc import Iterable, Mapping, Sequence
from os.path import expanduser, normpath
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import Attribute, AttrsInstance, Factory, asdict, evolve, field, fields, frozen, has

from serai.engine.documents.codes import Code
from serai.engine.documents.faults import Fault
from serai.engine.documents.files import parse, read_file
from serai.engine.documents.schema import SCHEMA_VERSION
from serai.engine.documents.text import Text
from serai.engine.drafting import Reading, copied, draft
from serai.hookspec.cluster import Cluster, NodeGroup
from serai.hookspec.configs import Config, ConfigValues, ValidationError
from serai.hookspec.errors import ValidationFailed
from serai.hookspec.secrets import Secret
from serai.hookspec.sequences import strings

if TYPE_CHECKING:
    from serai.engine.serialization import Converter

EMPTY: Final = Fault((), Code.INVALID, "is empty", "say at least name, plugin_name, hadoop_version and node_groups")


@frozen
class NodeGroupSpec:
    """A node group as a user asks for it; the fields are :class:`~serai.hookspec.cluster.NodeGroup`'s.

    ``count`` is 1 when it is left out.
    """

    name: str
    count: int = 1
    node_processes: tuple[str, ...] = field(default=(), converter=strings)
    node_configs: dict[str, dict[str, Any]] = field(factory=dict, repr=False)
    flavor_id: str | None = None
    image_id: str | None = None
    volumes_per_node: int = 0
    volumes_size: int = 0
    volumes_mount_prefix: str = "/volumes/disk"
    floating_ip_pool: str | None = None
    username: str = ""
    use_autoconfig: bool = True
    min_ready: int | None = None


def _node_groups(items: Iterable[NodeGroupSpec]) -> tuple[NodeGroupSpec, ...]:
    return tuple(items)


@frozen
class ClusterSpec:
    """A cluster as a user asks for it; the fields are :class:`~serai.hookspec.cluster.Cluster`'s.

    A document with mistakes can be read too: the mistakes are in :attr:`problems`, and the rest is there to be
    checked. ``engine.clusters.plan`` and ``create`` report them together with everything else that is wrong.

    An ``inventory`` among the options of ``infrastructure`` is the path of a file. In a document that is read from a
    file itself, a relative one counts from that file's directory, and is made absolute when it is read, for a cluster
    outlives the process and its working directory; elsewhere it stays as it is.

    Attributes:
        schema_version: version of the document's shape.
        reading: what was found when the spec was read from a document; empty for one made in a program.
    """

    name: str
    plugin_name: str
    hadoop_version: str
    infrastructure: dict[str, Any] = field(default=Factory(lambda: {"provider": "local"}), repr=False)
    node_groups: tuple[NodeGroupSpec, ...] = field(default=(), converter=_node_groups)
    cluster_configs: dict[str, dict[str, Any]] = field(factory=dict, repr=False)
    auxiliary_plugins: tuple[str, ...] = field(default=(), converter=strings)
    anti_affinity: tuple[str, ...] = field(default=(), converter=strings)
    description: str = ""
    project_id: str | None = None
    default_image_id: str | None = None
    cluster_template_id: str | None = None
    user_keypair_id: str | None = None
    neutron_management_network: str | None = None
    use_autoconfig: bool = True
    is_transient: bool = False
    is_protected: bool = False
    schema_version: int = SCHEMA_VERSION
    reading: Reading = field(default=Reading(), repr=False, kw_only=True, metadata={"serialise": False})

    @classmethod
    def from_file(cls, path: str | Path) -> "ClusterSpec":
        """Read a cluster document, YAML or JSON.

        Raises:
            SeraiError: the file cannot be read (code UNREADABLE_DOCUMENT).
            ValidationFailed: it is no document: not YAML or JSON, or no mapping. Mistakes in one that is are in
                :attr:`problems`.
        """
        return _beside(_from_text(read_file(path), str(path)), Path(path).absolute().parent)

    @classmethod
    def from_text(cls, text: str) -> "ClusterSpec":
        """Read a cluster document from its text, YAML or JSON; all else is as in :meth:`from_file`."""
        return _from_text(parse(text), "the document")

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> "ClusterSpec":
        """Read a cluster document that is parsed already; all else is as in :meth:`from_file`."""
        return _from_text(Text(document), "the document")

    @classmethod
    def from_cluster(cls, cluster: Cluster) -> "ClusterSpec":
        """What would have to be asked for to get a cluster like this one."""
        node_groups = [NodeGroupSpec(**_shared(node_group, NodeGroupSpec)) for node_group in cluster.node_groups]
        return cls(**_shared(cluster, cls), node_groups=node_groups)

    def checked(self) -> "ClusterSpec":
        """The spec, looked at as if it came from a document: one made in a program may hold anything.

        Raises:
            ValidationFailed: nothing can be made of it.
        """
        groups = [asdict(each, recurse=False) if has(type(each)) else each for each in self.node_groups]
        document = {**asdict(self, recurse=False, filter=_is_serialised), "node_groups": groups}
        spec, reading = draft(document, ClusterSpec, _converter().attempt)
        if spec is None:
            raise ValidationFailed([fault.to_error() for fault in reading.faults], what="the spec")
        return evolve(spec, reading=self.reading.joined(reading))

    @property
    def provider(self) -> str:
        """The infrastructure provider's name; ``""`` when none is given."""
        name = self.infrastructure.get("provider", "")
        return name if isinstance(name, str) else ""

    @property
    def problems(self) -> tuple[ValidationError, ...]:
        """What is wrong with the text and the structure of the document the spec was read from."""
        return tuple(fault.to_error() for fault in self.reading.faults)

    def to_dict(self) -> dict[str, Any]:
        """The document, every field of it; secrets in it are masked if they are :class:`Secret`.

        Raises:
            ValidationFailed: the spec has :attr:`problems`, so that something would be lost.
        """
        self._demand_whole()
        document: dict[str, Any] = _converter().unstructure(self)
        return document

    def to_cluster(self, configs: Sequence[Config] = ()) -> Cluster:
        """The cluster, with nothing of it made yet. Nothing is shared with the spec.

        Args:
            configs: the stack's: values of secret ones are wrapped, defaults take part in merges.

        Raises:
            ValidationFailed: the spec has :attr:`problems`.
        """
        self._demand_whole()
        secret = {config.key for config in configs if config.is_secret}
        node_groups = [NodeGroup(**_shared(group, NodeGroup)) for group in self.node_groups]
        cluster = Cluster(**_shared(self, Cluster), node_groups=node_groups)
        cluster.cluster_configs = _with_secrets(cluster.cluster_configs, secret)
        for node_group in cluster.node_groups:
            node_group.node_configs = _with_secrets(node_group.node_configs, secret)
        cluster.bind_configs(configs)
        return cluster

    def _demand_whole(self) -> None:
        if self.problems:
            raise ValidationFailed(self.problems, what=f"cluster {self.name}")


def _is_serialised(attribute: "Attribute[Any]", _: Any) -> bool:
    return attribute.metadata.get("serialise") is not False


def _converter() -> "Converter":
    from serai.engine.serialization import make_converter

    return make_converter()


def _from_text(text: Text, what: str) -> ClusterSpec:
    if text.data is None:
        raise ValidationFailed([fault.to_error() for fault in text.faults or (EMPTY,)], what=what)
    spec, reading = draft(text.data, ClusterSpec, _converter().attempt)
    reading = reading.after(text.faults)
    if spec is None:
        raise ValidationFailed([fault.to_error() for fault in reading.faults], what=what)
    return evolve(spec, reading=reading)


def _beside(spec: ClusterSpec, directory: Path) -> ClusterSpec:
    """A spec with an absolute inventory, found as seen from a directory."""
    inventory = spec.infrastructure.get("inventory")
    if not isinstance(inventory, str) or not inventory:
        return spec
    absolute = normpath(directory / expanduser(inventory))
    return evolve(spec, infrastructure={**spec.infrastructure, "inventory": absolute})


def _shared(source: AttrsInstance, kind: type[AttrsInstance]) -> dict[str, Any]:
    """The fields that an object and another class have in common, node groups aside, copied."""
    wanted = {attribute.name: attribute for attribute in fields(kind)}
    return {
        attribute.name: copied(getattr(source, attribute.name))
        for attribute in fields(type(source))
        if attribute.name in wanted and attribute.name != "node_groups" and not attribute.name.startswith("_")
    }


def _with_secrets(values: ConfigValues, secret: set[tuple[str, str]]) -> dict[str, dict[str, Any]]:
    return {
        target: {
            name: Secret(value) if (target, name) in secret and isinstance(value, str) else value
            for name, value in named.items()
        }
        for target, named in values.items()
    }
