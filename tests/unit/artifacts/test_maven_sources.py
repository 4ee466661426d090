"""Maven coordinates as a source: what is accepted, what Maven is given, what it says, what comes out of it."""

import hashlib
from pathlib import Path
from xml.etree import ElementTree

import pytest

from serai.engine.artifact_sources.file_sets import digest
from serai.engine.artifact_sources.maven import gather
from serai.engine.artifact_sources.maven_project import project, settings
from serai.engine.artifact_sources.maven_words import failure, reason
from serai.engine.artifact_sources.obtaining import describe
from serai.engine.artifacts import ArtifactCache, label
from serai.hookspec.artifacts import Artifact, Maven
from serai.hookspec.errors import ArtifactError

ANY = "0" * 64
POM = "{http://maven.apache.org/POM/4.0.0}"
SETTINGS = "{http://maven.apache.org/SETTINGS/1.0.0}"


def test_all_that_is_wrong_with_a_source_is_told_at_once() -> None:
    """Coordinates, exclusions, checksum."""
    with pytest.raises(ValueError, match="group:artifact:version") as caught:
        Maven(["a:b", "a:b:1-SNAPSHOT", "a:b:[1,2)"], "none", ["a"])
    assert str(caught.value).split("; ") == [
        "coordinates are group:artifact:version[:extension[:classifier]], not 'a:b'",
        "coordinates have an exact version, not that of 'a:b:1-SNAPSHOT'",
        "coordinates are group:artifact:version[:extension[:classifier]], not 'a:b:[1,2)'",
        "an exclusion is group:artifact, not 'a'",
        "a SHA-256 has 64 hexadecimal digits, and 'none' is none",
    ]


def test_no_coordinates_are_no_source() -> None:
    """They would resolve to nothing."""
    with pytest.raises(ValueError, match="none are given"):
        Maven([], ANY)


def test_the_project_depends_on_each_of_the_coordinates() -> None:
    """In the parts that Maven has names for; what is excluded is excluded from each."""
    text = project(Maven(["g:a:1", "g:b:2:tar.gz:bin"], ANY, ["x:*", "y:z"]))
    dependencies = ElementTree.fromstring(text).find(f"{POM}dependencies")  # noqa: S314 - made here
    assert dependencies is not None
    parts = [[(part.tag.removeprefix(POM), part.text) for part in one if not len(part)] for one in dependencies]
    assert parts == [
        [("groupId", "g"), ("artifactId", "a"), ("version", "1")],
        [("groupId", "g"), ("artifactId", "b"), ("version", "2"), ("type", "tar.gz"), ("classifier", "bin")],
    ]
    excluded = [[part.text for part in one] for one in dependencies.iter(f"{POM}exclusion")]
    assert excluded == [["x", "*"], ["y", "z"]] * 2


def test_a_mirror_is_written_as_it_is() -> None:
    """Whatever characters its URL has."""
    root = ElementTree.fromstring(settings("file:///a&b<c"))  # noqa: S314 - made here
    mirror = root.find(f"{SETTINGS}mirrors/{SETTINGS}mirror")
    assert mirror is not None
    assert [part.text for part in mirror] == ["central", "central", "file:///a&b<c"]


NOT_FOUND_38 = """\x1b[0m[INFO] Scanning for projects...
[WARNING] The POM for org.slf4j:slf4j-nothere:jar:2.0.17 is missing, no dependency information available
[ERROR] Failed to execute goal on project artifact: Could not resolve dependencies for project serai:artifact:pom:1: \
Could not find artifact org.slf4j:slf4j-nothere:jar:2.0.17 in central (https://repo.maven.apache.org/maven2) -> [Help 1]
[ERROR] \n[ERROR] To see the full stack trace of the errors, re-run Maven with the -e switch.
\x1b[0m"""
NOT_FOUND_39 = """[\x1b[1;31mERROR\x1b[m] Failed to execute goal on project artifact: Could not resolve dependencies \
for project serai:artifact:pom:1
[ERROR] dependency: org.slf4j:slf4j-nothere:jar:2.0.17 (compile)
[ERROR] \tCould not find artifact org.slf4j:slf4j-nothere:jar:2.0.17 in central (https://repo.maven.apache.org/maven2)
[ERROR] -> [Help 1]
[ERROR]
[ERROR] To see the full stack trace of the errors, re-run Maven with the '-e' switch
"""


def test_the_useful_words_of_maven_are_the_reason() -> None:
    """Without colours, the project that nobody knows, and how to get help."""
    assert reason(NOT_FOUND_38) == (
        "Could not find artifact org.slf4j:slf4j-nothere:jar:2.0.17 in central (https://repo.maven.apache.org/maven2)"
    )


def test_an_error_over_several_lines_is_one_reason() -> None:
    """As newer versions of Maven tell it."""
    assert reason(NOT_FOUND_39).endswith(
        "dependency: org.slf4j:slf4j-nothere:jar:2.0.17 (compile) Could not find artifact "
        "org.slf4j:slf4j-nothere:jar:2.0.17 in central (https://repo.maven.apache.org/maven2)"
    )


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("Could not find artifact a:b:jar:1 in central (https://host)", "ARTIFACT_NOT_FOUND"),
        (
            "Could not transfer artifact a:b:pom:1 from/to central (https://host): Unknown host",
            "REPOSITORY_UNREACHABLE",
        ),
        (
            "Could not transfer artifact a:b:pom:1 from/to x (https://x): Checksum validation failed, expected x",
            "CHECKSUM_MISMATCH",
        ),
    ],
)
def test_what_is_known_of_a_failure_gives_its_code(said: str, code: str) -> None:
    """And the next action."""
    error = failure(1, f"[ERROR] {said} -> [Help 1]", "")
    assert (error.code, error.message) == (code, f"Maven: {said}")
    assert error.hint


def test_a_maven_without_java_is_told_as_that() -> None:
    """Its start script says it, and says it elsewhere."""
    error = failure(1, "", "The JAVA_HOME environment variable is not defined correctly,\nthis environment variable…")
    assert error.code == "MAVEN_WITHOUT_JAVA"
    assert "install a Java" in error.hint


def test_an_unknown_failure_is_told_with_its_last_words() -> None:
    """And the status."""
    assert failure(137, "", "Killed").message == "Maven ended with status 137: Killed"


def test_the_digest_is_what_sha256sum_tells(tmp_path: Path) -> None:
    """Of the sorted lines of a file each; names sort as bytes do."""
    for name in ("b.jar", "B.jar", "a-1.jar"):
        (tmp_path / name).write_text(name)
    lines = [f"{hashlib.sha256(name.encode()).hexdigest()}  {name}\n" for name in ("B.jar", "a-1.jar", "b.jar")]
    assert digest(tmp_path) == hashlib.sha256("".join(lines).encode()).hexdigest()


def test_two_jars_of_one_name_are_refused(tmp_path: Path) -> None:
    """One of them would be lost."""
    for group in ("one", "two"):
        (tmp_path / group).mkdir()
        (tmp_path / group / "api-1.jar").write_text(group)
    (tmp_path / "all").mkdir()
    with pytest.raises(ArtifactError, match=r"two of the jars are called api-1\.jar"):
        gather([tmp_path / "one" / "api-1.jar", tmp_path / "two" / "api-1.jar"], tmp_path / "all")


def test_a_machine_without_maven_is_told_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an error of its own."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ArtifactError, match="no mvn on the PATH") as caught:
        ArtifactCache(tmp_path / "cache").fetch(Artifact("tool", "1", [Maven(["g:a:1"], ANY)]))
    assert caught.value.code == "MAVEN_MISSING"
    assert "apt-get install maven" in caught.value.hint


def test_sources_are_told_in_a_few_words() -> None:
    """However many coordinates there are."""
    assert describe(Maven(["g:a:1"], ANY)) == "Maven g:a:1"
    assert describe(Maven(["g:a:1", "g:b:1", "g:c:1"], ANY)) == "Maven g:a:1 and 2 more"


def test_every_part_of_a_declaration_counts_for_its_place() -> None:
    """Coordinates, checksum, exclusions."""
    sources = [Maven(["g:a:1"], ANY), Maven(["g:a:2"], ANY), Maven(["g:a:1"], "1" * 64), Maven(["g:a:1"], ANY, ["*:*"])]
    assert len({label(Artifact("tool", "1", [source])) for source in sources}) == len(sources)
