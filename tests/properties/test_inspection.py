"""What a machine answers when it is looked at, whatever that is."""

from base64 import b64encode

from hypothesis import given
from hypothesis import strategies as st

from serai.engine.remote.inspection import parse, questions
from serai.hookspec.access import Inquiry

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
inquiries = st.builds(
    Inquiry,
    ports=st.lists(st.integers(1, 65535), unique=True, max_size=5).map(tuple),
    names=st.lists(texts, unique=True, max_size=3),
    files=st.lists(texts, unique=True, max_size=3),
    directories=st.lists(texts, unique=True, max_size=3),
    root=st.booleans(),
)
lines = st.one_of(
    st.text(),
    st.builds(
        "{}={} {}".format,
        st.sampled_from(["name", "file", "directory", "listens", "clock", "root_refused"]),
        st.one_of(st.integers(-1, 9), st.integers(), st.text()),
        st.one_of(st.text(), st.just("yes /dev/x 1024 0 1024 0% /"), st.just("10.0.0.1"), st.just("eA==")),
    ),
)


@given(inquiry=inquiries, answer=st.lists(lines).map("\n".join))
def test_any_answer_is_read_and_tells_of_nothing_that_was_not_asked(inquiry, answer):
    """A machine can say what it likes."""
    found = parse(answer, inquiry, now=0)
    assert set(found.ports_taken) <= set(inquiry.ports)
    assert list(found.addresses) == list(inquiry.names)
    assert set(found.files) <= set(inquiry.files)
    assert set(found.places) <= set(inquiry.directories)
    assert inquiry.root or not found.root_refused


@given(inquiry=inquiries, data=st.data())
def test_what_is_told_is_found_under_what_was_asked(inquiry, data):
    """Names and paths never travel back, so that no name can be mistaken for another line."""
    asked = questions(inquiry)
    contents = {path: data.draw(st.text(st.characters(exclude_categories=["Cs"]))) for path in inquiry.files}
    taken = [port for port in inquiry.ports if data.draw(st.booleans())]
    answer = [f"listens={port:04X}" for port in taken]
    for index, question in enumerate(asked):
        kind, _, what = question.partition(":")
        if kind == "file":
            answer.append(f"file={index} {b64encode(contents[what].encode()).decode()}")
        elif kind == "name":
            answer.append(f"name={index} 10.0.0.{index}")
        elif kind == "directory":
            answer.append(f"directory={index} no /dev/vdb {index * 1024} 0 {index * 1024} 0% /mnt/{index} x")
    found = parse("\n".join(data.draw(st.permutations(answer))), inquiry, now=0)
    assert found.files == contents
    assert list(found.ports_taken) == taken
    assert found.addresses == {name: f"10.0.0.{index}" for index, name in enumerate(inquiry.names)}
    assert [place.disk.free_mb for place in found.places.values()] == [
        int(place.disk.path.removeprefix("/mnt/").removesuffix(" x")) for place in found.places.values()
    ]
    assert {path: f"/mnt/{asked.index(f'directory:{path}')} x" for path in inquiry.directories} == {
        path: place.disk.path for path, place in found.places.items()
    }
