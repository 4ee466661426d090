"""The formulas of Sahara's recommendations: where we follow them, and where not."""

import pytest

from serai.builtin_plugins.hadoop.formulas import (
    container_around,
    container_heap,
    container_memory,
    sort_memory,
    usable_memory,
)


@pytest.mark.parametrize(
    ("memory", "cpus", "handed_out", "container", "map_heap", "reduce_heap", "sort"),
    [(4096, 2, 3072, 384, 307, 614, 153), (8192, 4, 6144, 768, 614, 1228, 307)],
)
def test_saharas_vectors_hold_where_the_memory_was_there(
    memory: int, cpus: int, handed_out: int, container: int, map_heap: int, reduce_heap: int, sort: int
) -> None:
    """Eight containers each, of what the system leaves."""
    assert usable_memory(memory) == handed_out == 8 * container
    assert container_memory(handed_out, cpus) == container
    assert (container_heap(container), container_heap(2 * container)) == (map_heap, reduce_heap)
    assert sort_memory(map_heap) == sort


@pytest.mark.parametrize(
    ("memory", "cpus", "sahara", "handed_out", "container"),
    [
        (2048, 1, 2048, 1536, 256),
        (16384, 8, 16384, 14336, 1024),
        (32768, 16, 32768, 26624, 2048),
        (512, 1, 2048, 384, 256),
    ],
)
def test_the_systems_reserve_is_kept_where_sahara_gave_it_away(
    memory: int, cpus: int, sahara: int, handed_out: int, container: int
) -> None:
    """There the least number of containers came before the reserve: containers are as large, but there are fewer."""
    assert usable_memory(memory) == handed_out < sahara
    assert container_memory(handed_out, cpus) == container


def test_the_reserve_does_not_jump() -> None:
    """Sahara took a GiB more of a machine with 4097 MiB than of one with 4096."""
    assert [usable_memory(memory) for memory in (16384, 16385, 18432, 24576)] == [14336, 14336, 14336, 20480]


def test_a_heap_and_its_container_are_found_from_each_other() -> None:
    """There and back is no loss."""
    assert container_around(307) == 384
    assert all(container_heap(container_around(heap)) >= heap for heap in range(1, 5000))


def test_many_processors_do_not_make_containers_too_small() -> None:
    """With 64 processors, 128 containers of 48 MiB would be of no use."""
    assert container_memory(6144, 64) == 512
