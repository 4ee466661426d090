"""What a DataNode says of itself, read strictly."""

from typing import Final

from attrs import frozen

from serai.builtin_plugins.hadoop.binding import authority
from serai.builtin_plugins.leader_workers.answers import read_answer
from serai.hookspec.errors import RemoteError
from serai.hookspec.objects import Instance

_BEAN: Final = "Hadoop:service=DataNode,name=DataNodeInfo"
_REGISTERED: Final = "RUNNING"


class UnreadableDataNode(RemoteError):
    """What answered said something that a DataNode does not say."""

    code = "HADOOP_UNREADABLE_DATANODE"


@frozen
class Registration:
    """How a DataNode stands with one NameNode.

    Attributes:
        namenode: the NameNode's ``ip:port``.
        state: ``RUNNING`` once it is registered; ``INIT_FAILED``, ``CONNECTING``… before and after.
    """

    namenode: str
    state: str


def is_registered(instance: Instance, namenodes: frozenset[str], *, timeout: float = 10.0) -> bool:
    """Whether the DataNode that runs on an instance now has registered with NameNodes.

    What a NameNode says does not tell: it lists a DataNode as live for minutes after its end.

    Args:
        instance: whose.
        namenodes: ``ip:port`` of those that count.
        timeout: seconds.

    Raises:
        RemoteError: it does not answer, or (UnreadableDataNode) is none.
    """
    url = f"http://{authority(instance, 'dfs.datanode.http.address')}/jmx?qry={_BEAN}"
    found = parse_datanode(instance.remote.http(url, timeout=timeout), instance.instance_name)
    return namenodes <= {each.namenode for each in found if each.state == _REGISTERED}


def parse_datanode(answer: bytes, host: str = "") -> tuple[Registration, ...]:
    """Read a DataNode's bean.

    Args:
        answer: what ``/jmx`` said.
        host: who said it, for the error.

    Raises:
        UnreadableDataNode: it is anything else.
    """
    document = read_answer(answer, lambda what: _unreadable(host, what))
    beans = [bean for bean in document.items("beans") if bean.field("name", str) == _BEAN]
    if not beans:
        raise document.unreadable("there is no DataNodeInfo")
    actors = beans[0].encoded_items("BPServiceActorInfo")
    return tuple(Registration(each.field("NamenodeAddress", str), each.field("ActorState", str)) for each in actors)


def _unreadable(host: str, what: str) -> UnreadableDataNode:
    return UnreadableDataNode(
        f"what answered cannot be read as a DataNode's: {what}",
        host=host,
        hint="see whether something else listens on the port of dfs.datanode.http.address",
    )
