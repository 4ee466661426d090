"""Maven coordinates: what is accepted is what the project says, and nothing gets into it by the way."""

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from serai.engine.artifact_sources.maven_project import project
from serai.hookspec.artifacts import Maven

POM = "{http://maven.apache.org/POM/4.0.0}"
ANY = "0" * 64
words = st.from_regex(r"[A-Za-z0-9_.+-]+", fullmatch=True)
exact = words.filter(lambda version: version not in ("LATEST", "RELEASE") and not version.endswith("-SNAPSHOT"))
coordinates = st.tuples(st.tuples(words, words, exact), st.lists(words, max_size=2)).map(
    lambda parts: ":".join([*parts[0], *parts[1]])
)


@given(st.lists(coordinates, min_size=1, max_size=4))
def test_the_project_says_what_was_declared(declared: list[str]) -> None:
    """Each part where it belongs."""
    root = ElementTree.fromstring(project(Maven(declared, ANY)))  # noqa: S314 - made here
    assert [
        ":".join(part.text or "" for part in dependency if part.tag != f"{POM}exclusions")
        for dependency in root.iter(f"{POM}dependency")
    ] == declared


@given(st.text(max_size=40))
def test_any_other_text_is_refused_or_said_literally(text: str) -> None:
    """Never anything that Maven would expand or read as markup."""
    try:
        source = Maven([text], ANY)
    except ValueError:
        return
    assert 2 <= text.count(":") <= 4
    assert not set(text) & set("<>&$[](){}, \n")
    assert source.coordinates == (text,)
