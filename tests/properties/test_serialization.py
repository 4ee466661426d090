"""Whatever an object holds, its data gives it back; whatever data holds, reading it converts nothing."""

import json
from typing import Any

from example_counts import at_most
from hypothesis import given
from hypothesis import strategies as st

from serai.engine.serialization import make_converter
from serai.hookspec.cluster import Cluster, Instance, NodeGroup
from serai.hookspec.configs import Config, Recommendation, ValidationError
from serai.hookspec.edp import JobExecution, JobSpec
from serai.hookspec.facts import Facts
from serai.hookspec.listening import Event
from serai.hookspec.secrets import Secret
from serai.hookspec.testing import strategies as model

SOME = at_most(30)  # whole clusters take long to make up

OBJECTS = {
    Cluster: model.any_clusters(),
    NodeGroup: model.node_groups(),
    Instance: model.instances(),
    Config: model.configs(),
    Recommendation: model.recommendations(),
    ValidationError: model.validation_errors(),
    Facts: model.facts(),
    JobSpec: model.job_specs(),
    JobExecution: model.job_executions(),
    Event: model.events(),
}
objects = st.one_of(*OBJECTS.values())


class Reversed:
    """A codec that hides nothing, but never leaves a secret as it was."""

    def seal(self, secret: Secret) -> str:
        return f"<{secret.reveal()[::-1]}"

    def sealed(self, token: str) -> Secret:
        return Secret(token[:0:-1])


def places(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The place of every mapping of an object in data: where a key may be unknown."""
    found = [path]
    for group_index, group in enumerate(data.get("node_groups", ())):
        found.append((*path, "node_groups", group_index))
        found += [(*path, "node_groups", group_index, "instances", each) for each, _ in enumerate(group["instances"])]
    return found


@given(objects)
@SOME
def test_an_object_is_its_data_and_back(value):
    """Of every class of the object model."""
    converter = make_converter()
    assert converter.structure(converter.unstructure(value), type(value)) == value


@given(objects)
@SOME
def test_text_is_the_same_byte_for_byte(value):
    """However often it is read and written."""
    converter = make_converter()
    text = converter.to_json(value)
    assert converter.to_json(converter.from_json(text, type(value))) == text


@given(model.any_clusters(model.scalars() | model.secrets()))
@SOME
def test_a_codec_brings_every_secret_back(cluster):
    """Wherever in a cluster it is."""
    converter = make_converter(Reversed())
    assert converter.from_json(converter.to_json(cluster), Cluster) == cluster


@given(model.any_clusters(model.scalars() | st.just(Secret("the secret of them all"))))
@SOME
def test_without_a_codec_no_secret_is_written(cluster):
    """A mask stands in its place."""
    assert "the secret of them all" not in make_converter().to_json(cluster)


@given(model.any_clusters(), st.data())
@SOME
def test_an_unknown_key_is_always_an_error(cluster, data):
    """In whatever object it is, at its own place."""
    document = make_converter().unstructure(cluster)
    path = data.draw(st.sampled_from(places(document)))
    place = document
    for step in path:
        place = place[step]
    place["no such field"] = data.draw(model.scalars())
    _, faults = make_converter().attempt(document, Cluster)
    assert [(fault.path, fault.code) for fault in faults] == [((*path, "no such field"), "UNKNOWN_KEY")]


@given(model.any_clusters(), st.data())
@SOME
def test_a_value_of_another_type_is_never_taken(cluster, data):
    """Neither converted nor ignored: it is an error at its place, or it was of the field's type."""
    converter = make_converter()
    document = converter.unstructure(cluster)
    key = data.draw(st.sampled_from(sorted(document)))
    document[key] = data.draw(model.scalars())
    read, faults = converter.attempt(document, Cluster)
    if read is None:
        assert {fault.path for fault in faults} == {(key,)}
    else:
        assert json.dumps(converter.unstructure(read), sort_keys=True) == json.dumps(document, sort_keys=True)
