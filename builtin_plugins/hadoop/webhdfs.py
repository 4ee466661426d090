"""Files in HDFS over HTTP, without a JVM of one's own.

See https://hadoop.apache.org/docs/stable/hadoop-project-dist/hadoop-hdfs/WebHDFS.html.
"""

from urllib.parse import quote, urlencode

from attrs import frozen

from serai.builtin_plugins.hadoop.addresses import namenode_url
from serai.builtin_plugins.leader_workers.answers import Answer, read_answer
from serai.hookspec.errors import RemoteError
from serai.hookspec.objects import Instance


class UnreadableWebHdfs(RemoteError):
    """What answered said something that WebHDFS does not say."""

    code = "HADOOP_UNREADABLE_WEBHDFS"


@frozen
class WebHdfs:
    """HDFS as seen from a NameNode's machine, by the login that the NameNode runs as: HDFS allows it everything.

    Attributes:
        namenode: the instance of the active NameNode.
        timeout: seconds for each request.
    """

    namenode: Instance
    timeout: float = 30.0

    def write(self, path: str, content: bytes) -> None:
        """Write a file anew: a DataNode hands it on to others until there are as many replicas as wanted.

        Raises:
            RemoteError: it could not be written.
        """
        location = self._location(path, "PUT", op="CREATE", overwrite="true")
        self.namenode.remote.http(location, data=content, method="PUT", timeout=self.timeout)

    def read(self, path: str) -> bytes:
        """The content of a file; raises RemoteError."""
        return self.namenode.remote.http(self._location(path, "GET", op="OPEN"), timeout=self.timeout)

    def remove(self, path: str) -> bool:
        """Remove a file; False when there is none. Raises RemoteError."""
        return self._ask(path, "DELETE", op="DELETE").field("boolean", bool)

    def make_directory(self, path: str, permission: str) -> None:
        """Have a directory with a permission (octal), whether it was there or not. Raises RemoteError."""
        self._ask(path, "PUT", op="MKDIRS")
        self._request(path, "PUT", op="SETPERMISSION", permission=permission)

    def _location(self, path: str, method: str, **query: str) -> str:
        """Where a DataNode takes or gives the content."""
        return self._ask(path, method, noredirect="true", **query).field("Location", str)

    def _ask(self, path: str, method: str, **query: str) -> Answer:
        return read_answer(self._request(path, method, **query), self._unreadable)

    def _request(self, path: str, method: str, **query: str) -> bytes:
        words = urlencode({**query, "user.name": self.namenode.remote.facts.user})
        url = f"{namenode_url(self.namenode)}/webhdfs/v1{quote(path)}?{words}"
        return self.namenode.remote.http(url, method=method, timeout=self.timeout)

    def _unreadable(self, what: str) -> RemoteError:
        return UnreadableWebHdfs(
            f"what answered cannot be read as WebHDFS: {what}",
            host=self.namenode.instance_name,
            hint="see whether something else listens on the port of dfs.namenode.http-address",
        )
