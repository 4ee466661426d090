"""Whatever a document says, it is read: every mistake is told, and the rest can be checked."""

from copy import deepcopy
from typing import Any

from example_counts import at_most
from hypothesis import example, given
from hypothesis import strategies as st

from serai.engine.documents.files import parse
from serai.engine.documents.paths import format_path, parse_path
from serai.engine.naming import index_of, instance_name, instance_names
from serai.engine.spec import ClusterSpec
from serai.hookspec.errors import ValidationFailed
from serai.hookspec.testing import strategies as model

SOME = at_most(30)  # whole clusters take long to make up

keys = st.text(min_size=1, max_size=6) | st.sampled_from(("name", "a-b", '"', "\\", "service:X", "[0]", "."))
paths = st.lists(keys | st.integers(0, 20), max_size=4).map(tuple)
specs = model.any_clusters().map(ClusterSpec.from_cluster)
junk = st.recursive(
    model.scalars() | st.binary(max_size=2) | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(model.words() | st.integers(), inner, max_size=3),
    max_leaves=5,
)


def containers(value: Any) -> list[Any]:
    """Every mapping and list in a document, the outermost first."""
    if not isinstance(value, dict | list):
        return []
    inner = value.values() if isinstance(value, dict) else value
    return [value, *(found for item in inner for found in containers(item))]


@given(paths)
def test_a_place_is_read_as_it_was_written(path):
    """Whatever its keys."""
    assert parse_path(format_path(path)) == path


@given(st.text(max_size=20))
def test_any_text_is_a_place(text):
    """Plugins write what they like: it is read as one place, and always as the same."""
    assert parse_path(format_path(parse_path(text))) == parse_path(text)


@given(st.text(max_size=40))
@example("{a: &x [*x]}")
@example("%")
@example("!!float x")
def test_any_text_is_parsed_or_faulty(text):
    """And never raises."""
    parsed = parse(text)
    assert parsed.data is None or not [fault for fault in parsed.faults if fault.code == "INVALID_SYNTAX"]


@given(specs)
@SOME
def test_a_spec_is_its_document_and_back(spec):
    """And the cluster's, and back."""
    assert ClusterSpec.from_dict(spec.to_dict()) == spec
    assert ClusterSpec.from_cluster(spec.to_cluster()) == spec


@given(specs, junk, st.data())
@SOME
def test_a_document_with_anything_in_it_is_read(spec, value, data):
    """Its mistakes are problems; what is left is of the right types throughout."""
    document = deepcopy(spec.to_dict())
    container = data.draw(st.sampled_from(containers(document)))
    if isinstance(container, dict):
        container[data.draw(model.words() | st.sampled_from(sorted(container)) if container else model.words())] = value
    else:
        container.insert(data.draw(st.integers(0, len(container))), value)
    read = ClusterSpec.from_dict(document)
    assert read.problems or read.to_dict() == ClusterSpec.from_dict(read.to_dict()).to_dict()
    assert read.checked().problems == read.problems


@given(junk)
def test_what_is_no_cluster_at_all_is_refused_or_read(value):
    """With errors either way, and nothing else is raised."""
    try:
        problems = ClusterSpec.from_dict(value).problems
    except ValidationFailed as failure:
        problems = failure.errors
    assert problems


@given(model.names(), model.names(), st.sets(st.integers(1, 50)), st.integers(0, 5))
def test_a_new_name_is_never_an_old_one(cluster, group, indexes, count):
    """And indexes rise."""
    taken = [instance_name(cluster, group, index) for index in indexes]
    names = instance_names(cluster, group, taken, count)
    found = [index_of(name, cluster, group) for name in names]
    assert found == list(range(max(indexes, default=0) + 1, max(indexes, default=0) + 1 + count))
