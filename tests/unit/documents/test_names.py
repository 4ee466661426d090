"""Names, places and the nearest of both."""

import pytest

from serai.engine.documents.nearest import nearest, suggestion
from serai.engine.documents.paths import format_path, parse_path
from serai.engine.naming import index_of, instance_name, instance_names, is_name, longest_instance_name


@pytest.mark.parametrize("name", ["a", "A", "demo", "my-demo-2", "a--b", "x" * 50])
def test_names_that_can_be_part_of_a_host_name(name):
    """Letters, digits, hyphens."""
    assert is_name(name)


@pytest.mark.parametrize("name", ["", "1a", "-a", "a-", "a_b", "a.b", "a b", "ä", "a\n", "x" * 51, "a/b", "a\u0661"])
def test_names_that_cannot(name):
    """Also what Python calls letters and digits, and DNS does not."""
    assert not is_name(name)


def test_an_instance_is_named_after_cluster_group_and_index():
    """In lower case, as host names are compared."""
    assert instance_name("Demo", "Workers", 3) == "demo-workers-3"


@pytest.mark.parametrize(
    ("taken", "count", "expected"),
    [
        ([], 2, ["demo-w-1", "demo-w-2"]),
        (["demo-w-1", "demo-w-3"], 2, ["demo-w-4", "demo-w-5"]),
        (["demo-w-9", "demo-w-10"], 1, ["demo-w-11"]),
        (["demo-w-x", "demo-other-7", "demo-w-1-9", "demo-w-²"], 1, ["demo-w-1"]),
        (["demo-w-1"], 0, []),
        (["demo-w-1"], -1, []),
    ],
)
def test_indexes_rise_and_fill_no_gap(taken, count, expected):
    """A name means one machine."""
    assert instance_names("demo", "w", taken, count) == expected


def test_a_groups_name_may_look_like_an_index():
    """``w-1`` is a group beside ``w``."""
    assert index_of("demo-w-1-2", "demo", "w-1") == 2
    assert index_of("demo-w-1-2", "demo", "w") == 0


@pytest.mark.parametrize(("count", "digits"), [(0, 3), (5, 3), (999, 3), (1000, 4)])
def test_room_is_left_for_a_group_to_grow(count, digits):
    """Three digits at least."""
    assert len(longest_instance_name("d", "w", count)) == len("d-w-") + digits


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("name",), "name"),
        (("node_groups", 1, "count"), "node_groups[1].count"),
        (("cluster_configs", "service:Spark", "Worker memory"), 'cluster_configs["service:Spark"]["Worker memory"]'),
        (("a", "", 'b"]'), 'a[""]["b\\"]"]'),
        (("1st",), '["1st"]'),
    ],
)
def test_places_are_written_and_read(path, text):
    """One way to write each."""
    assert format_path(path) == text
    assert parse_path(text) == path


@pytest.mark.parametrize("text", ["the nodes", "a..b", "a[", "a[x]", "[1]x", "a.[0]", ".a"])
def test_a_place_in_words_is_taken_as_one(text):
    """Plugins write places of their own."""
    assert parse_path(text) == (text,)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("mster", "master"), ("MASTER", "master"), ("Worker Memory", "Worker memory"), ("zzz", None), ("", None)],
)
def test_the_nearest_name_is_found(name, expected):
    """Whatever its case; none when none is near."""
    assert nearest(name, ["worker", "master", "Worker memory"]) == expected


def test_a_suggestion_lists_few_names_and_not_many():
    """A hint is one line."""
    assert suggestion("zzz", ["b", "a"]) == "one of: a, b"
    assert suggestion("zzz", map(str, range(100))) == ""
    assert suggestion("zzz", []) == ""
