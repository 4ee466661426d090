"""Transcripts: what is written is read, what is wrong is told, and no secret is in them."""

import json
import re
import tempfile
from pathlib import Path

from example_counts import at_most
from hypothesis import assume, given
from hypothesis import strategies as st
from leaks import leaks, strings

from serai.engine.log_context import at
from serai.engine.recording.recorder import Recorder
from serai.hookspec.cluster import Cluster, Instance, NodeGroup
from serai.hookspec.errors import SeraiError, ValidationFailed
from serai.hookspec.facts import Facts
from serai.hookspec.remote import File, Layout
from serai.hookspec.secrets import Secret
from serai.hookspec.services import Service
from serai.hookspec.testing.fleet import Fleet, StoredFile, said
from serai.hookspec.testing.fleet.commands import Rules
from serai.hookspec.testing.fleet.remote import FleetRemote
from serai.hookspec.testing.strategies import facts
from serai.hookspec.transcripts import Exchange, Transcript
from serai.hookspec.transcripts.failures import FAILURE
from serai.hookspec.transcripts.kinds import KINDS
from serai.hookspec.transcripts.places import Places
from serai.hookspec.transcripts.shapes import Fields, OneOf
from serai.hookspec.transcripts.veils import Veil

ODD_BYTES = st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF)
"""What Python makes of bytes that are no text, such as those of file names."""
TEXT = st.text(st.characters() | ODD_BYTES, max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
PLAIN = {str: TEXT, int: st.integers(), bool: st.booleans(), None: st.none(), dict: st.dictionaries(TEXT, JSON)}


def like(shape):
    """Data of a shape."""
    if isinstance(shape, OneOf):
        return st.one_of([like(each) for each in shape.shapes])
    if isinstance(shape, Fields):
        required, optional = _each(shape.required), _each(shape.optional)
        return st.fixed_dictionaries(required, optional=optional)
    if isinstance(shape, list):
        return st.lists(like(shape[0]), max_size=3)
    if isinstance(shape, re.Pattern):
        return st.from_regex(shape, fullmatch=True)
    return st.sampled_from(sorted(shape)) if isinstance(shape, frozenset) else PLAIN[shape]


def _each(shapes):
    return {name: like(shape) for name, shape in shapes.items()}


@st.composite
def exchanges(draw):
    """Any exchange that a transcript can have."""
    call = draw(st.sampled_from(sorted(KINDS)))
    words, sent = draw(st.lists(TEXT, max_size=3)), draw(like(KINDS[call].sent))
    came = {"failure": draw(like(FAILURE))} if draw(st.booleans()) else {"answer": draw(like(KINDS[call].answer))}
    return Exchange(draw(TEXT), call, words, sent, hook=draw(TEXT), step=draw(TEXT), **came)


@given(st.lists(exchanges(), max_size=4).map(Transcript))
def test_what_is_written_is_read(transcript):
    """Whatever is in it; a second time it is written as the first."""
    text = transcript.text()
    assert Transcript.parse(text) == transcript
    assert Transcript.parse(text).text() == text
    assert text.encode().decode() == text
    assert text.count("\n") == len(transcript.exchanges) + 1


LINES = exchanges().map(Exchange.to_dict) | st.dictionaries(st.sampled_from(["host", "call", "words", "sent"]), JSON)


def mistakes(text):
    """Where a text is wrong; raises what nobody expects."""
    try:
        Transcript.parse(text)
    except ValidationFailed as failure:
        return [error.path for error in failure.errors]
    return []


@given(LINES, JSON, st.data())
def test_whatever_is_wrong_is_told_and_nothing_else_is_raised(line, value, data):
    """By its place; where nothing is, what is read is written as it was."""
    if line:
        line[data.draw(st.sampled_from(sorted(line)))] = value
    text = f"{Transcript().text()}{json.dumps(line)}\n"
    places = mistakes(text)
    assert all(place.startswith("line 2") for place in places)
    if not places:
        read = json.loads(Transcript.parse(text).text().splitlines()[1])
        assert all(read.get(name) == each for name, each in line.items() if each)


@given(TEXT)
def test_any_other_text_is_refused(text):
    """As one that is no transcript."""
    assert mistakes(text) == ["line 1"]


WORDS = ["c-w-1", "c-w-12", "10.0.0.1", "10.0.0.12", "/p/c-w-1", "/home/x", "@{", "}", "{", "w-1", ".address", "/", " "]


@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=3), max_size=10).map("".join))
def test_a_placeholder_can_always_be_undone(text):
    """Whatever else is in the text."""
    places = Places()
    group = NodeGroup("w")
    Cluster("c", "p", "1", [group])
    for number in (1, 12):
        name = f"c-w-{number}"
        instance = group.add_instance(Instance(name, name, f"10.0.0.{number}", f"10.0.1.{number}", fqdn=name))
        places.learn(instance, Layout(f"/p/{name}"))
        places.learn_facts(f"w-{number}", Facts(home="/home/x", hostname=name))
    hidden = places.hide(text, "w-1")
    assert places.show(hidden, "w-1") == text


@given(facts())
def test_facts_are_read_as_they_were_written(told):
    """But for what is another on each machine."""
    kind = KINDS["facts"]
    read = kind.read(Veil("", places=None).data(kind.write(told)))
    assert kind.write(read).keys() == kind.write(told).keys()
    assert (read.cpus, read.disks, read.java, read.hostname) == (told.cpus, told.disks, told.java, told.hostname)
    assert bool(read.machine_id) == bool(told.machine_id)
    assert (read.user, read.home, read.addresses) == ("", "", ())


def attempt(ask):
    try:
        ask()
    except (SeraiError, ValueError):
        return


def recorded(secrets, text):
    """Every string in a transcript of a cluster with secrets, when a text was said wherever one can."""
    fleet, rules = Fleet(), Rules()
    host = fleet.host("c-w-1")
    rules.add(lambda asked: True, said(text, stderr=text))
    rules.add(["fail"], said(text, stderr=text, status=1))
    host.files |= {"/a": StoredFile(text.encode(), 0o644, ""), "/b": StoredFile(b"\xff" + text.encode(), 0o644, "")}
    host.processes.logs["s", "stderr"] = text
    cluster = Cluster("c", "p", "1", [NodeGroup("w")], extra={"secrets": [Secret(each) for each in secrets]})
    instance = cluster.node_groups[0].add_instance(Instance("c-w-1", "c-w-1", host.address, host.address))
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "t.jsonl"
        recorder = Recorder(path)
        remote = recorder.lend(instance, FleetRemote(host, Layout("/p"), rules))
        with at(hook="start_cluster", step=text):
            for ask in (
                lambda: remote.run("x", text, env={text: text}, cwd=f"/{text}", stdin=text),
                lambda: remote.run("fail", stdin=text),
                lambda: remote.put({f"/{text}": text, "/x": File(text.encode(), 0o600, text)}),
                lambda: remote.get("/a"),
                lambda: remote.get("/b"),
                lambda: remote.http(f"http://x/{text}", data=text.encode()),
                lambda: remote.services.start(Service("s", ["s", text], {text: text}, text)),
                lambda: remote.services.log("s"),
                lambda: remote.services.stop(text),
            ):
                attempt(ask)
        recorder.close()
        told = [value for each in Transcript.read(path).exchanges for value in strings(each.to_dict())]
    return [each for each in told if not DIGEST.fullmatch(each)]  # which may be anything


DIGEST = re.compile("[0-9a-f]{64}")
OURS = frozenset(recorded([], "~"))
"""What is in every such transcript; secrets that are a part of it are none."""


@at_most(50)
@given(leaks())
def test_no_secret_is_in_a_transcript(case):
    """Wherever it was said, and whatever stood around it."""
    secrets, text = case
    assume(text and not any(secret in each for secret in secrets for each in OURS))
    told = recorded(secrets, text)
    assert [each for each in told for secret in secrets if secret in each] == []
    assert len(told) > 20
