"""What a node group's machines are like when they are not alike: as the weakest of them."""

from collections.abc import Iterable, Sequence

from serai.hookspec.facts import Disk, Facts


def weakest(facts: Sequence[Facts]) -> Facts | None:
    """What can be relied on of some machines.

    The least of what they have; what they do not share is not known. They are several: no name, no id, no address.

    Args:
        facts: of each.

    Returns:
        None when there are none.
    """
    if not facts:
        return None
    java = min(facts, key=lambda each: (each.java is not None, each.java.major if each.java else 0)).java
    python = min(facts, key=lambda each: (bool(each.python), _numbers(each.python_version)))
    return Facts(
        distribution=_shared(each.distribution for each in facts),
        distribution_version=_shared(each.distribution_version for each in facts),
        architecture=_shared(each.architecture for each in facts),
        cpus=min(each.cpus for each in facts),
        memory_mb=min(each.memory_mb for each in facts),
        disks=_smallest_disks(facts),
        java=java,
        python=python.python,
        python_version=python.python_version,
        user=_shared(each.user for each in facts),
        home=_shared(each.home for each in facts),
        is_root=all(each.is_root for each in facts),
        has_systemd=all(each.has_systemd for each in facts),
    )


def _shared(values: Iterable[str]) -> str:
    different = set(values)
    return different.pop() if len(different) == 1 else ""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isascii() and part.isdecimal())


def _smallest_disks(facts: Sequence[Facts]) -> tuple[Disk, ...]:
    by_path = [{disk.path: disk for disk in each.disks} for each in facts]
    return tuple(
        Disk(path, min(disks[path].total_mb for disks in by_path), min(disks[path].free_mb for disks in by_path))
        for path in by_path[0]
        if all(path in disks for disks in by_path)
    )
