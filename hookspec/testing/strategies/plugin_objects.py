"""Strategies for what plugins declare beside configs: artifacts, image arguments; and for what is told of plugins."""

from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from serai.hookspec import infrastructure, listening, provisioning
from serai.hookspec.artifacts import Artifact, Debian, Maven, PyPI, Source, Tarball
from serai.hookspec.deprecation import Deprecation
from serai.hookspec.errors import Origin
from serai.hookspec.images import ImageArgument
from serai.hookspec.semantics import Declaration, declarations
from serai.hookspec.testing.strategies.plain import names, paths, words

_DIGESTS: Final = st.text("0123456789abcdef", min_size=64, max_size=64)
_VERSIONS: Final = st.from_regex(r"\A[0-9]\.[0-9]{1,2}\.[0-9]\Z")
_SOME: Final[dict[str, Any]] = {"min_size": 1, "max_size": 3, "unique": True}


def pypi_sources() -> SearchStrategy[PyPI]:
    """Exact requirements, all with hashes or none."""
    exact = st.builds("{}=={}".format, names(), _VERSIONS)
    hashed = st.builds("{} --hash=sha256:{}".format, exact, _DIGESTS)
    return st.builds(PyPI, st.lists(exact, **_SOME) | st.lists(hashed, **_SOME))


def tarballs() -> SearchStrategy[Tarball]:
    """Archives, from the net and from files."""
    url = st.builds("{}{}.tar.gz".format, st.sampled_from(("https://example.org", "file://")), paths())
    return st.builds(Tarball, url, _DIGESTS, st.integers(0, 2))


def maven_sources() -> SearchStrategy[Maven]:
    """Jars by their coordinates, some of what they draw in left out."""
    plain = st.builds("org.example:{}:{}".format, names(), _VERSIONS)
    classified = st.builds("{}:jar:{}".format, plain, names())
    excluded = st.sampled_from(("*:*", "org.example:*", "*:logging"))
    return st.builds(
        Maven, st.lists(plain | classified, **_SOME), _DIGESTS, st.lists(excluded, max_size=2, unique=True)
    )


def debian_sources() -> SearchStrategy[Debian]:
    """Packages by name, or by name and version; some pinned."""
    package = st.from_regex(r"[a-z][a-z0-9+.-]{1,8}(=[0-9][0-9.]{0,4}-[0-9])?", fullmatch=True)
    return st.builds(Debian, st.lists(package, **_SOME), st.just("") | _DIGESTS)


def sources() -> SearchStrategy[Source]:
    """Where artifacts can be had, of each kind."""
    return st.one_of(tarballs(), pypi_sources(), maven_sources(), debian_sources())


def artifacts() -> SearchStrategy[Artifact]:
    """What gets installed."""
    return st.builds(Artifact, names(), _VERSIONS, st.lists(sources(), min_size=1, max_size=2))


@st.composite
def image_arguments(draw: st.DrawFn) -> ImageArgument:
    """Arguments of image generators; a default is among the choices, where there are any."""
    choices = draw(st.lists(words(), max_size=3, unique=True))
    default = draw(st.none() | (st.sampled_from(choices) if choices else words()))
    return ImageArgument(draw(names()), draw(words()), default, draw(st.booleans()), choices)


def origins() -> SearchStrategy[Origin]:
    """The plugins that errors come out of."""
    return st.builds(Origin, names(), words(), st.just("") | _VERSIONS, st.sampled_from(("", *_HOOKS)))


def deprecations() -> SearchStrategy[Deprecation]:
    """Announcements that something goes out of use with a later major version."""
    return st.builds(
        lambda major, minor, instead: Deprecation(f"{major}.{minor}", f"{major + 1}.0", instead),
        st.integers(1, 9),
        st.integers(0, 12),
        words(),
    )


def hook_declarations() -> SearchStrategy[Declaration]:
    """What is declared of hooks: of those there are."""
    return st.sampled_from(tuple(_HOOKS.values()))


_HOOKS: Final = {
    name: declaration
    for module in (provisioning, infrastructure, listening)
    for name, declaration in declarations(module).items()
}
