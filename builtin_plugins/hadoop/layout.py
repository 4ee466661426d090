"""Where Hadoop's files are on an instance."""

from attrs import frozen

from serai.hookspec.objects import Instance


@frozen
class HadoopPaths:
    """Paths on one instance.

    Attributes:
        root: of what leads to what is installed.
        conf: of configuration; the first entry of every class path.
        scratch: of what need not outlive a process.
        storage: directories for data, at least one.
    """

    root: str
    conf: str
    scratch: str
    storage: tuple[str, ...]

    @property
    def home(self) -> str:
        """Leads to the distribution, wherever that is."""
        return f"{self.root}/home"

    @property
    def java_home(self) -> str:
        """Leads to the Java that was chosen."""
        return f"{self.root}/java"

    @property
    def name_dirs(self) -> tuple[str, ...]:
        """Where a NameNode keeps the namespace, each a full copy."""
        return self._in_storage("hdfs/name")

    @property
    def checkpoint_dirs(self) -> tuple[str, ...]:
        """Where a SecondaryNameNode keeps the checkpoints it makes."""
        return self._in_storage("hdfs/checkpoint")

    @property
    def data_dirs(self) -> tuple[str, ...]:
        """Where a DataNode keeps blocks."""
        return self._in_storage("hdfs/data")

    @property
    def journal_dir(self) -> str:
        """Where a JournalNode keeps edits."""
        return self._in_storage("hdfs/journal")[0]

    @property
    def zookeeper_dir(self) -> str:
        """Where a server of ZooKeeper keeps what it knows, and its number."""
        return self._in_storage("zookeeper")[0]

    @property
    def zookeeper_config(self) -> str:
        """The configuration of a server of ZooKeeper."""
        return f"{self.conf}/zoo.cfg"

    @property
    def local_dirs(self) -> tuple[str, ...]:
        """Where a NodeManager keeps the files of containers."""
        return self._in_storage("yarn/local")

    @property
    def log_dirs(self) -> tuple[str, ...]:
        """Where a NodeManager keeps the logs of containers."""
        return self._in_storage("yarn/logs")

    @property
    def datanodes_included(self) -> str:
        """The file that lists who may be a DataNode."""
        return f"{self.conf}/dfs.include"

    @property
    def datanodes_excluded(self) -> str:
        """The file that lists which DataNodes are to leave."""
        return f"{self.conf}/dfs.exclude"

    @property
    def nodemanagers_included(self) -> str:
        """The file that lists who may be a NodeManager."""
        return f"{self.conf}/yarn.include"

    @property
    def nodemanagers_excluded(self) -> str:
        """The file that lists which NodeManagers are to leave."""
        return f"{self.conf}/yarn.exclude"

    @property
    def racks(self) -> str:
        """The table of which address is in which rack."""
        return f"{self.conf}/topology.table"

    @property
    def host_names(self) -> str:
        """The hosts file that daemons look names up in."""
        return f"{self.conf}/hosts"

    def site(self, file: str) -> str:
        """One of Hadoop's own files: ``core`` for ``core-site.xml``."""
        return f"{self.conf}/{file}-site.xml"

    def _in_storage(self, name: str) -> tuple[str, ...]:
        return tuple(f"{path}/{name}" for path in self.storage)


def hadoop_paths(instance: Instance) -> HadoopPaths:
    """The paths of an instance, which must be connected."""
    layout = instance.remote.layout
    return HadoopPaths(
        root=f"{layout.dist}/hadoop",
        conf=f"{layout.conf}/hadoop",
        scratch=f"{layout.data}/hadoop-scratch",
        storage=tuple(instance.storage_paths),
    )
