"""The files of HDFS on hosts in memory, over HTTP."""

import json
from typing import Final
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from serai.builtin_plugins.hadoop.testing.beans import Beans
from serai.builtin_plugins.hadoop.testing.hdfs import Hdfs, NameNode
from serai.hookspec.errors import RemoteError

_PREFIX: Final = "/webhdfs/v1"
_CHANGES: Final = frozenset(("CREATE", "DELETE", "MKDIRS", "SETPERMISSION"))


class Files:
    """The files of a fleet's file system.

    Args:
        hdfs: its NameNodes and DataNodes.
        beans: what is wrong with its blocks.

    Attributes:
        content: of files, by path.
        directories: permissions, by path.
        wanted: of blocks in want of replicas, how many each wants and has, as fsck says; None for an answer that breaks
            off.
    """

    def __init__(self, hdfs: Hdfs, beans: Beans) -> None:
        self.content: Final[dict[str, bytes]] = {}
        self.directories: Final[dict[str, str]] = {}
        self.wanted: list[tuple[int, int]] | None = []
        self._hdfs = hdfs
        self._beans = beans

    def ask(self, namenode: NameNode, method: str, url: str) -> str:
        """What a NameNode says of a file; of its content only where that is had.

        Raises:
            RemoteError: it refuses, with the status and the exception of a real one.
        """
        parts, query = urlsplit(url), parse_qs(urlsplit(url).query)
        path, operation = unquote(parts.path.removeprefix(_PREFIX)), query.get("op", [""])[0]
        if not self._hdfs.is_active(namenode):
            raise refused(url, 403, "StandbyException: Operation category WRITE is not supported in state standby")
        if operation in _CHANGES and self._beans.safe_mode:
            raise refused(url, 403, f"SafeModeException: {self._beans.safe_mode}")
        match method, operation:
            case ("PUT", "CREATE") | ("GET", "OPEN"):
                return self._elsewhere(namenode, url, path, operation)
            case "DELETE", "DELETE":
                return json.dumps({"boolean": self.content.pop(path, None) is not None})
            case "PUT", "MKDIRS":
                self.directories.setdefault(path, "755")
                return json.dumps({"boolean": True})
            case "PUT", "SETPERMISSION":
                return self._permitted(url, path, query["permission"][0])
        raise refused(url, 400, f"IllegalArgumentException: Invalid value for webhdfs parameter op: {operation}")

    def transfer(self, method: str, url: str, content: bytes) -> str:
        """Take the content of a file, or give it, as a DataNode does."""
        path = unquote(urlsplit(url).path.removeprefix(_PREFIX))
        if method == "PUT":
            self.content[path] = content
            return ""
        if path not in self.content:
            raise refused(url, 404, f"FileNotFoundException: File {path} not found.")
        return self.content[path].decode()

    def checked(self) -> str:
        """What fsck says."""
        told = [
            f"/f:  Under replicated BP-1:blk_1_1. Target Replicas is {target} but found {live} live replica(s),"
            " 1 decommissioned replica(s), 0 decommissioning replica(s)."
            for target, live in self.wanted or ()
        ]
        end = "" if self.wanted is None else "The filesystem under path '/' is HEALTHY"
        return "\n".join(["FSCK started by serai", *told, end])

    def _elsewhere(self, namenode: NameNode, url: str, path: str, operation: str) -> str:
        """Which DataNode has the content, or takes it."""
        if operation == "OPEN" and path not in self.content:
            raise refused(url, 404, f"FileNotFoundException: File {path} not found.")
        serving = [each.web for each in namenode.registered.values() if self._hdfs.is_live(each)]
        if not serving:
            raise refused(url, 403, "IOException: Failed to find datanode, suggest to check cluster health.")
        parts = urlsplit(url)
        user = parse_qs(parts.query).get("user.name", ["dr.who"])[0]
        query = urlencode({"op": operation, "user.name": user, "namenoderpcaddress": namenode.address})
        return json.dumps({"Location": f"http://{serving[0]}{parts.path}?{query}"})

    def _permitted(self, url: str, path: str, permission: str) -> str:
        if path not in self.directories:
            raise refused(url, 404, f"FileNotFoundException: File does not exist: {path}")
        self.directories[path] = permission
        return ""


def refused(url: str, status: int, exception: str) -> RemoteError:
    """The error of an answer that says so."""
    return RemoteError(f"{url}: {status} {exception}", code="HTTP_STATUS")
