"""Where Spark's files are on an instance."""

from attrs import frozen

from serai.hookspec.objects import Instance


@frozen
class SparkPaths:
    """Paths on one instance.

    Attributes:
        root: of what is installed for this cluster.
        conf: of configuration.
        storage: directories for data, at least one.
    """

    root: str
    conf: str
    storage: tuple[str, ...]

    @property
    def java_home(self) -> str:
        """A JAVA_HOME that holds nothing but :attr:`java`."""
        return f"{self.root}/java"

    @property
    def java(self) -> str:
        """Starts the Java that was chosen, the way that suits it."""
        return f"{self.java_home}/bin/java"

    def program(self, name: str) -> str:
        """One of Spark's programs (``spark-submit``), ready to be run as it is."""
        return f"{self.root}/bin/{name}"

    @property
    def properties(self) -> str:
        """The instance's spark-defaults.conf."""
        return f"{self.conf}/spark-defaults.conf"

    @property
    def work(self) -> str:
        """Where a worker keeps its executors' directories."""
        return f"{self.storage[0]}/spark/work"

    @property
    def recovery(self) -> str:
        """Where the master keeps what it knows of workers and applications."""
        return f"{self.storage[0]}/spark-recovery"  # one level: Spark makes no directories above it

    @property
    def scratch(self) -> tuple[str, ...]:
        """Where drivers and executors keep what does not fit into memory."""
        return tuple(f"{path}/spark/local" for path in self.storage)


def spark_paths(instance: Instance) -> SparkPaths:
    """The paths of an instance, which must be connected."""
    layout = instance.remote.layout
    return SparkPaths(f"{layout.dist}/spark", f"{layout.conf}/spark", tuple(instance.storage_paths))
