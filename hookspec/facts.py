"""What a machine is like."""

from attrs import frozen


@frozen
class JavaRuntime:
    """A Java found on a machine.

    Attributes:
        home: what JAVA_HOME should be.
        version: as the runtime tells it, such as ``17.0.15``.
    """

    home: str
    version: str

    @property
    def major(self) -> int:
        """Feature release: 8, 11, 17, 21…; 0 when the version cannot be read."""
        parts = self.version.split(".")
        feature = parts[1] if parts[0] == "1" and len(parts) > 1 else parts[0]
        digits = feature.partition("-")[0].partition("+")[0]
        return int(digits) if digits.isdecimal() else 0


@frozen
class Disk:
    """A mounted file system.

    Attributes:
        path: mount point.
        total_mb: size, in MiB.
        free_mb: free for an ordinary user, in MiB.
    """

    path: str
    total_mb: int
    free_mb: int


@frozen
class Facts:
    """What is known of a machine, read in one round trip.

    Attributes:
        hostname: the machine's own name for itself.
        machine_id: equal for two instances that share one machine; ``""`` when unknown.
        distribution: ``debian``, ``ubuntu``, ``rhel``… (ID of os-release).
        distribution_version: VERSION_ID of os-release.
        architecture: ``x86_64``, ``aarch64``…
        cpus: processors available.
        memory_mb: physical memory (or the control group's limit, when lower), in MiB.
        disks: the file systems that matter: the root and the one that holds the instance's prefix.
        java: the Java on the machine (JAVA_HOME first, then PATH), or None.
        python: path of python3, or ``""``.
        python_version: its version, such as ``3.11.7``, or ``""``.
        user: the login.
        home: its home directory, or ``""``.
        addresses: the machine's IP addresses, those of the loopback and of one link alone left out.
        is_root: whether that login is root.
        has_systemd: whether systemd runs the machine.
    """

    hostname: str = ""
    machine_id: str = ""
    distribution: str = ""
    distribution_version: str = ""
    architecture: str = ""
    cpus: int = 1
    memory_mb: int = 0
    disks: tuple[Disk, ...] = ()
    java: JavaRuntime | None = None
    python: str = ""
    python_version: str = ""
    user: str = ""
    home: str = ""
    addresses: tuple[str, ...] = ()
    is_root: bool = False
    has_systemd: bool = False
