import hashlib
import io
import subprocess
import sys
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from serai.engine.artifact_sources.mirrors import mirrored
from serai.engine.artifact_sources.obtaining import describe
from serai.engine.artifact_sources.tarball import unpack
from serai.engine.artifacts import ArtifactCache, default_root, label
from serai.engine.remote.pool import connect
from serai.hookspec.artifacts import Artifact, PyPI, Source, Tarball
from serai.hookspec.errors import ArtifactError, DeadlineExceeded
from serai.hookspec.remote import Layout, LocalEndpoint
from serai.hookspec.testing.fleet import Fleet, said
from serai.hookspec.testing.fleet.commands import Rules
from serai.hookspec.testing.fleet.remote import FleetRemote


def archive(**files: str) -> bytes:
    """A compressed tar archive with all files in the directory ``top``."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(f"top/{name}")
            member.size, member.mode = len(content), 0o755
            tar.addfile(member, io.BytesIO(content.encode()))
    return stream.getvalue()


def tarball(tmp_path: Path, name: str = "tool.tar.gz", **files: str) -> Tarball:
    data = archive(**(files or {"run": "#!/bin/sh\n"}))
    (tmp_path / name).write_bytes(data)
    return Tarball((tmp_path / name).as_uri(), hashlib.sha256(data).hexdigest())


def tool(*sources: Source) -> Artifact:
    return Artifact("tool", "1.0", sources)


@pytest.fixture
def cache(tmp_path: Path) -> ArtifactCache:
    return ArtifactCache(tmp_path / "cache")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, list[str]]]:
    """Serves one archive, slowly; with the list of what was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            threading.Event().wait(0.2)
            self.wfile.write(DATA)

        def log_message(self, *args: object) -> None:
            """Be quiet."""

    served = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{served.server_port}", asked
    served.shutdown()
    thread.join()
    served.server_close()


DATA = archive(run="served")
SERVED = hashlib.sha256(DATA).hexdigest()


def test_a_tarball_is_unpacked_without_its_top(cache: ArtifactCache, tmp_path: Path) -> None:
    """strip drops leading components; programs stay programs."""
    place = cache.fetch(tool(tarball(tmp_path, **{"bin/run": "#!/bin/sh\necho hello\n"})))
    assert subprocess.run([place / "bin" / "run"], capture_output=True, check=True).stdout == b"hello\n"


def test_what_was_fetched_needs_no_source(cache: ArtifactCache, tmp_path: Path) -> None:
    """The second time nothing is asked, so that it works offline."""
    artifact = tool(tarball(tmp_path))
    place = cache.fetch(artifact)
    (tmp_path / "tool.tar.gz").unlink()
    told: list[str] = []
    assert cache.fetch(artifact, told.append) == place
    assert told == []


def test_a_wrong_checksum_is_refused(cache: ArtifactCache, tmp_path: Path) -> None:
    """Nothing of it is kept."""
    good = tarball(tmp_path)
    with pytest.raises(ArtifactError, match=f"its SHA-256 is {good.sha256}, not {'0' * 64}"):
        cache.fetch(tool(Tarball(good.url, "0" * 64)))
    assert [entry.name for entry in (tmp_path / "cache").iterdir() if not entry.name.startswith(".")] == []


def test_sources_are_tried_in_order(cache: ArtifactCache, tmp_path: Path) -> None:
    """The first that gives it counts; progress tells of each."""
    told: list[str] = []
    place = cache.fetch(tool(Tarball("file:///no/such.tar", "0" * 64), tarball(tmp_path)), told.append)
    assert (place / "run").exists()
    assert [line.split()[0:3:2] for line in told[:2]] == [
        ["fetching", "file:///no/such.tar"],
        ["fetching", (tmp_path / "tool.tar.gz").as_uri()],
    ]


def test_every_sources_reason_is_told(cache: ArtifactCache, tmp_path: Path) -> None:
    """When none gives it."""
    (tmp_path / "broken").write_bytes(b"no archive")
    broken = Tarball((tmp_path / "broken").as_uri(), hashlib.sha256(b"no archive").hexdigest())
    with pytest.raises(ArtifactError) as caught:
        cache.fetch(tool(Tarball("file:///no/such.tar", "0" * 64), broken, Tarball("ftp://host/x", "0" * 64)))
    reasons = [reason["reason"] for reason in caught.value.details["sources"]]
    assert ["No such file" in reasons[0], "cannot be unpacked" in reasons[1], "not an https" in reasons[2]] == [
        True
    ] * 3


def test_a_half_done_fetch_does_not_count(cache: ArtifactCache, tmp_path: Path) -> None:
    """What a killed process left is thrown away."""
    artifact = tool(tarball(tmp_path))
    left = tmp_path / "cache" / ".partial" / label(artifact) / "content"
    left.mkdir(parents=True)
    (left / "rubbish").write_text("half")
    assert [entry.name for entry in cache.fetch(artifact).iterdir()] == ["run"]
    assert list((tmp_path / "cache" / ".partial").iterdir()) == []


def test_many_fetch_at_once_and_one_does_the_work(tmp_path: Path, server: tuple[str, list[str]]) -> None:
    """Each with a cache of its own, as separate processes have."""
    url, asked = server
    artifact = tool(Tarball(f"{url}/tool.tar.gz", SERVED))
    with ThreadPoolExecutor(4) as threads:
        places = set(threads.map(lambda _: ArtifactCache(tmp_path / "cache").fetch(artifact), range(4)))
    assert asked == ["/tool.tar.gz"]
    assert (places.pop() / "run").read_text() == "served"
    assert places == set()


def hold(lock: Path, seconds: float) -> "subprocess.Popen[bytes]":
    """Another process that holds a lock, and says so."""
    lock.parent.mkdir(parents=True)
    script = f"echo held; exec sleep {seconds}"
    holder = subprocess.Popen(["flock", lock, "sh", "-c", script], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    holder.stdout.readline()
    return holder


def test_another_process_is_waited_for(cache: ArtifactCache, tmp_path: Path) -> None:
    """And progress says so."""
    artifact, told = tool(tarball(tmp_path)), list[str]()
    with hold(tmp_path / "cache" / ".locks" / label(artifact), 0.3):
        cache.fetch(artifact, told.append)
    assert told[0] == "waiting for another process that fetches it"


@pytest.mark.slow
def test_another_process_is_not_waited_for_without_end(cache: ArtifactCache, tmp_path: Path) -> None:
    """The limit is the caller's."""
    artifact = tool(tarball(tmp_path))
    with (
        hold(tmp_path / "cache" / ".locks" / label(artifact), 1),
        pytest.raises(DeadlineExceeded, match="was not free"),
    ):
        cache.fetch(artifact, timeout=0.2)


def test_a_mirror_takes_the_place_of_the_beginning(tmp_path: Path, server: tuple[str, list[str]]) -> None:
    """Only the mirror is asked."""
    url, asked = server
    cache = ArtifactCache(tmp_path / "cache", mirrors={"https://archive.invalid/": f"{url}/mirror/"})
    cache.fetch(tool(Tarball("https://archive.invalid/a/tool.tar.gz", SERVED)))
    assert asked == ["/mirror/a/tool.tar.gz"]


def test_the_longest_mirror_wins() -> None:
    """And a URL without one stays as it is."""
    mirrors = {"https://a/": "https://m/", "https://a/b/": "https://n/"}
    urls = ["https://a/x", "https://a/b/x", "https://c/x"]
    assert [mirrored(url, mirrors) for url in urls] == ["https://m/x", "https://n/x", "https://c/x"]


def test_what_is_no_archive_is_told_in_a_line(tmp_path: Path) -> None:
    """With what to look at: which formats were tried helps nobody."""
    (tmp_path / "page.tar.gz").write_text("<html>not found</html>")
    with pytest.raises(ArtifactError) as caught:
        unpack(tmp_path / "page.tar.gz", tmp_path / "place", 1)
    assert str(caught.value.message) == "the archive cannot be unpacked: file could not be opened successfully"
    assert caught.value.hint == "see whether it is the release's own archive, and whole"


@pytest.mark.parametrize("name", ["top/../../outside", "top/../../../outside"])
def test_an_archive_cannot_write_outside(tmp_path: Path, name: str) -> None:
    """Names with .. are refused."""
    with tarfile.open(tmp_path / "evil.tar", "w") as tar:
        tar.addfile(tarfile.TarInfo(name), io.BytesIO())
    (tmp_path / "place").mkdir()
    with pytest.raises(ArtifactError, match="cannot be unpacked"):
        unpack(tmp_path / "evil.tar", tmp_path / "place", 1)
    assert not (tmp_path / "outside").exists()


def test_links_in_an_archive_work(tmp_path: Path) -> None:
    """Hard links name members, also without their first component; symbolic links are relative."""
    with tarfile.open(tmp_path / "links.tar", "w") as tar:
        member = tarfile.TarInfo("top/real")
        member.size = 4
        tar.addfile(member, io.BytesIO(b"real"))
        for kind, name, target in [(tarfile.LNKTYPE, "hard", "top/real"), (tarfile.SYMTYPE, "soft", "real")]:
            link = tarfile.TarInfo(f"top/{name}")
            link.type, link.linkname = kind, target
            tar.addfile(link)
    (tmp_path / "place").mkdir()
    unpack(tmp_path / "links.tar", tmp_path / "place", 1)
    assert [(tmp_path / "place" / name).read_text() for name in ("real", "hard", "soft")] == ["real"] * 3


def wheel(directory: Path, name: str, requires: str = "") -> None:
    """A wheel of one module."""
    directory.mkdir(exist_ok=True)
    info = f"{name}-1.0.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n" + (
        f"Requires-Dist: {requires}\n" if requires else ""
    )
    with zipfile.ZipFile(directory / f"{name}-1.0-py3-none-any.whl", "w") as file:
        file.writestr(f"{name}.py", "value = 1\n")
        file.writestr(f"{info}/METADATA", metadata)
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(f"{info}/RECORD", "")


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory that is all pip knows of."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    return tmp_path / "wheels"


def test_a_requirement_is_installed_with_what_it_requires(cache: ArtifactCache, index: Path) -> None:
    """By pip, with pip's own configuration, into one directory, even where pip installs for the user by default."""
    wheel(index, "serai_sample", requires="serai_other")
    wheel(index, "serai_other")
    place = cache.fetch(tool(PyPI(["serai_sample==1.0"])))
    assert {"serai_sample.py", "serai_other.py"} <= {entry.name for entry in place.iterdir()}


def test_what_pip_says_is_the_reason(cache: ArtifactCache, index: Path) -> None:
    """The name of what it did not find."""
    index.mkdir()
    with pytest.raises(ArtifactError, match=r"No matching distribution found for serai_missing==1\.0"):
        cache.fetch(tool(PyPI(["serai_missing==1.0"])))


def test_a_wrong_hash_is_refused_by_pip(cache: ArtifactCache, index: Path) -> None:
    """Hashes may follow a requirement."""
    wheel(index, "serai_sample")
    with pytest.raises(ArtifactError, match=r"(?s)THESE PACKAGES DO NOT MATCH THE HASHES"):
        cache.fetch(tool(PyPI([f"serai_sample==1.0 --hash=sha256:{'0' * 64}"])))


def test_an_interpreter_without_pip_is_named(tmp_path: Path) -> None:
    """With what to do about it."""
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\nexec {sys.executable} -I -S -c \"raise SystemExit('No module named pip')\"\n")
    python.chmod(0o755)
    with pytest.raises(ArtifactError) as caught:
        ArtifactCache(tmp_path / "cache", python=str(python)).fetch(tool(PyPI(["x"])))
    assert caught.value.hint == f"install pip for {python}"


def test_another_declaration_has_another_place() -> None:
    """Name, version, sources, and for PyPI the interpreter."""
    one = Tarball("file:///a", "0" * 64)
    artifacts = [
        tool(one),
        tool(PyPI(["a"])),
        tool(one, PyPI(["a"])),
        Artifact("tool", "2.0", [one]),
        Artifact("x/y", "1", [one]),
    ]
    labels = [label(artifact) for artifact in artifacts] + [label(artifacts[1], "/other/python")]
    assert len(set(labels)) == len(labels)
    assert labels[4].startswith("x_y-1-")


def test_a_machine_that_shares_files_uses_the_cache(cache: ArtifactCache, tmp_path: Path) -> None:
    """Nothing is copied."""
    artifact = tool(tarball(tmp_path))
    place = cache.fetch(artifact)
    remote = connect(LocalEndpoint("worker-1", str(tmp_path / "prefix")))
    assert cache.deliver(remote, place, artifact) == str(place)


def test_any_other_machine_gets_its_own(cache: ArtifactCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Uploaded below its prefix, once."""
    artifact = tool(tarball(tmp_path))
    place = cache.fetch(artifact)
    remote = connect(LocalEndpoint("worker-1", str(tmp_path / "prefix")))
    monkeypatch.setattr(type(remote), "shares_files", False)
    delivered = cache.deliver(remote, place, artifact)
    assert delivered == f"{remote.layout.dist}/{label(artifact)}"
    assert Path(delivered, "run").read_text() == "#!/bin/sh\n"
    Path(delivered, "run").write_text("complete ones are not looked at again")
    assert cache.deliver(remote, place, artifact) == delivered
    assert Path(delivered, "run").read_text() != "#!/bin/sh\n"


def test_a_machine_of_another_kind_gets_its_own_too(cache: ArtifactCache, tmp_path: Path) -> None:
    """By what every connection can do, and nothing else."""
    artifact = tool(tarball(tmp_path))
    host, rules = Fleet().host("worker-1"), Rules()
    rules.add(["test", "-d"], said(status=1))
    remote = FleetRemote(host, Layout("/opt/serai/demo"), rules)
    delivered = cache.deliver(remote, cache.fetch(artifact), artifact)
    assert list(host.files) == [f"{delivered}/run"]


def test_the_cache_is_where_xdg_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative path counts as none."""
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/cache/me")
    assert default_root() == Path("/var/cache/me/serai/artifacts")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert default_root() == Path.home() / ".cache" / "serai" / "artifacts"


def test_of_many_requirements_the_first_are_named() -> None:
    """What was asked for, and not the hundred it needs."""
    assert describe(PyPI([f"p{number}==1" for number in range(90)])) == "PyPI p0==1 p1==1 p2==1 p3==1 and 86 more"
    assert describe(PyPI(["a==1 --hash=sha256:00", "b==2"])) == "PyPI a==1 b==2"
