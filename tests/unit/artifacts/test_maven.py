"""Maven itself, over the network once and without it afterwards."""

import http.server
import os
import shutil
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from serai.engine.artifact_sources.maven import CENTRAL
from serai.engine.artifacts import ArtifactCache
from serai.hookspec.artifacts import Artifact, Maven
from serai.hookspec.errors import ArtifactError

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("mvn") is None and not os.environ.get("CI"), reason="there is no mvn here: apt-get install maven"
    ),
]

SIMPLE = "org.slf4j:slf4j-simple:2.0.17"
SIMPLE_AND_API = "79f946cbeb2038d10a7fd9cac9ab77474bceaafe7a3a545659fdbb622aab8ce9"
"""What ``LC_ALL=C sha256sum * | sha256sum`` tells of slf4j-simple and slf4j-api, as Maven Central has them."""


def slf4j(sha256: str = SIMPLE_AND_API, exclusions: tuple[str, ...] = ()) -> Artifact:
    return Artifact("slf4j", "2.0.17", [Maven([SIMPLE], sha256, exclusions)])


def use_repository(monkeypatch: pytest.MonkeyPatch, path: Path) -> Path:
    """Have another local repository than the user's."""
    monkeypatch.setenv("MAVEN_OPTS", f"-Dmaven.repo.local={path}")
    return path


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with slf4j-simple, all it needs, and Maven's plugin; filled from Maven Central."""
    path = tmp_path_factory.mktemp("repository")
    with pytest.MonkeyPatch.context() as patch:
        use_repository(patch, path)
        ArtifactCache(path / "cache").fetch(slf4j())
    return path


@pytest.fixture
def copy(repository: Path, tmp_path: Path) -> Path:
    """A repository of a test's own."""
    return Path(shutil.copytree(repository, tmp_path / "copy", ignore=shutil.ignore_patterns("_remote*", "cache")))


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_what_is_needed_at_run_time_comes_along(repository: Path) -> None:
    """From Maven Central, in one flat directory."""
    cached = ArtifactCache(repository / "cache").fetch(slf4j())
    assert names(cached) == ["slf4j-api-2.0.17.jar", "slf4j-simple-2.0.17.jar"]


def test_what_is_cached_needs_no_maven(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor a network."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert len(names(ArtifactCache(repository / "cache").fetch(slf4j()))) == 2


def test_a_mirror_takes_the_place_of_maven_central(copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory can be one: then nothing goes over the network, Maven's plugin neither."""
    fresh = use_repository(monkeypatch, tmp_path / "fresh")
    cached = ArtifactCache(tmp_path / "cache", mirrors={f"{CENTRAL}/": f"{copy.as_uri()}/"}).fetch(slf4j())
    assert len(names(cached)) == 2
    record = fresh / "org/slf4j/slf4j-simple/2.0.17/slf4j-simple-2.0.17.jar"
    assert record.is_file()


def test_exclusions_leave_out(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All but what was asked for, when they say so; and an unknown digest is told."""
    use_repository(monkeypatch, repository)
    with pytest.raises(ArtifactError, match="the SHA-256 of the set is ") as caught:
        ArtifactCache(tmp_path).fetch(slf4j("0" * 64, ("*:*",)))
    assert caught.value.code == "CHECKSUM_MISMATCH"
    told = str(caught.value).split("the SHA-256 of the set is ")[1].split(",")[0]
    assert names(ArtifactCache(tmp_path).fetch(slf4j(told, ("*:*",)))) == ["slf4j-simple-2.0.17.jar"]


def test_many_who_want_the_same_resolve_it_once(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others wait for the first."""
    use_repository(monkeypatch, repository)
    told: list[str] = []
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: ArtifactCache(tmp_path).fetch(slf4j(), told.append), range(4)))
    assert sum(line.startswith("fetching") for line in told) == 1


def test_what_is_nowhere_is_named(copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And where it was looked for."""
    use_repository(monkeypatch, tmp_path / "fresh")
    cache = ArtifactCache(tmp_path / "cache", mirrors={CENTRAL: copy.as_uri()})
    missing = Artifact("tool", "1", [Maven(["org.example:missing:1.0"], "0" * 64)])
    with pytest.raises(
        ArtifactError, match=r"Could not find artifact org\.example:missing:jar:1\.0 in central"
    ) as caught:
        cache.fetch(missing)
    assert caught.value.code == "ARTIFACT_NOT_FOUND"
    assert copy.as_uri() in str(caught.value)


def test_a_broken_jar_is_refused(copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the checksum that the repository has beside it."""
    use_repository(monkeypatch, tmp_path / "fresh")
    with (copy / "org/slf4j/slf4j-simple/2.0.17/slf4j-simple-2.0.17.jar").open("ab") as jar:
        jar.write(b"more")
    with pytest.raises(ArtifactError, match=r"(?i)checksum validation failed") as caught:
        ArtifactCache(tmp_path / "cache", mirrors={CENTRAL: copy.as_uri()}).fetch(slf4j())
    assert caught.value.code == "CHECKSUM_MISMATCH"


class _Silent(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.released.wait(60)  # type: ignore[attr-defined]

    def log_message(self, *args: object) -> None: ...


@pytest.fixture
def silent_server() -> Iterator[str]:
    """URL of a server that never answers."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Silent) as server:
        server.released = threading.Event()  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.released.set()  # type: ignore[attr-defined]
        server.shutdown()
        thread.join()


def test_a_repository_that_never_answers_is_given_up(
    silent_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the time there is, and nothing of Maven is left."""
    use_repository(monkeypatch, tmp_path / "fresh")
    began = time.monotonic()
    with pytest.raises(ArtifactError, match=r"Maven was not done within 4 s"):
        ArtifactCache(tmp_path / "cache", mirrors={CENTRAL: silent_server}).fetch(slf4j(), timeout=4.0)
    assert time.monotonic() - began < 20
    assert not [pid for pid in os.listdir("/proc") if pid.isdigit() and _runs_in(pid, tmp_path)]


def _runs_in(pid: str, path: Path) -> bool:
    try:
        return os.fsencode(path) in Path("/proc", pid, "cmdline").read_bytes()
    except OSError:
        return False


def test_a_repository_out_of_reach_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to look at."""
    use_repository(monkeypatch, tmp_path / "fresh")
    with pytest.raises(ArtifactError, match="Connection refused") as caught:
        ArtifactCache(tmp_path / "cache", mirrors={CENTRAL: "http://127.0.0.1:9"}).fetch(slf4j())
    assert caught.value.code == "REPOSITORY_UNREACHABLE"
    assert "mirror" in caught.value.hint
