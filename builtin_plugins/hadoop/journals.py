"""Which JournalNodes take part in what the active NameNode writes, by its own account.

One that was away takes part again when the NameNode begins its next segment of edits (``IPCLoggerChannel`` in Hadoop).
Were a second one restarted before, the NameNode would have no majority and end itself.
"""

import re
from typing import Final

from serai.builtin_plugins.hadoop.addresses import namenode_url
from serai.builtin_plugins.leader_workers.answers import Answer, read_answer
from serai.hookspec.errors import RemoteError
from serai.hookspec.objects import Instance

_BEAN: Final = "Hadoop:service=NameNode,name=NameNodeInfo"
_TAKES_PART: Final = re.compile(r"(\S+:[0-9]+) \(Written txid [0-9]+(?: \([0-9]+ txns/[0-9]+ms behind\))?\)(?=, |\s|$)")
"""An address, and how far it wrote. Of one that is left out until the next segment more is said."""


class UnreadableJournals(RemoteError):
    """The NameNode said something else of its journals than it should."""

    code = "HADOOP_UNREADABLE_JOURNALS"


def journals_written(namenode: Instance, *, timeout: float = 10.0) -> frozenset[str]:
    """The JournalNodes that take part, ``ip:port`` each.

    Args:
        namenode: the instance of the active NameNode.
        timeout: seconds.

    Raises:
        RemoteError: it does not answer, or (UnreadableJournals) writes to none.
    """
    answer = namenode.remote.http(f"{namenode_url(namenode)}/jmx?qry={_BEAN}", timeout=timeout)
    return parse_journals(answer, namenode.instance_name)


def parse_journals(answer: bytes, host: str = "") -> frozenset[str]:
    """Read the NameNode's bean; errors are those of :func:`journals_written`.

    Args:
        answer: what ``/jmx`` said.
        host: who said it, for the error.
    """
    document = read_answer(answer, lambda what: _unreadable(host, what))
    streams = [
        journal.field("stream", str)
        for bean in document.items("beans")
        if bean.field("name", str) == _BEAN
        for journal in bean.encoded_items("NameJournalStatus")
        if journal.field("manager", str).startswith("QJM ")
    ]
    if len(streams) != 1:
        raise document.unreadable(f"there are {len(streams)} shared journals")
    return _taking_part(document, streams[0])


def _taking_part(document: Answer, stream: str) -> frozenset[str]:
    heading, _, listed = stream.partition("\n")
    if not heading.startswith("Writing segment "):
        raise document.unreadable(f"its journal is {heading!r}")
    return frozenset(_TAKES_PART.findall(listed))


def _unreadable(host: str, what: str) -> UnreadableJournals:
    return UnreadableJournals(
        f"what the NameNode says of its journals cannot be read: {what}",
        host=host,
        hint="see the NameNode's log",
    )
