"""What must hold on a machine for any name, any text, any bytes."""

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import evolve
from example_counts import at_most
from hypothesis import given
from hypothesis import strategies as st

from serai.engine.remote.facts import parse
from serai.engine.remote.machine import RemoteMachine
from serai.engine.remote.pool import connect
from serai.engine.remote.services import fingerprint
from serai.hookspec.facts import Disk, Facts, JavaRuntime
from serai.hookspec.remote import File, LocalEndpoint
from serai.hookspec.services import Service

AWKWARD = " \t\n'\"\\$`*?[]{}()<>|&;!#~%-=\u00e9\u4e2d\U0001f600\x01\x7f"
ARGUMENTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]) | st.sampled_from(AWKWARD))
NAMES = st.text(
    st.characters(exclude_characters="\0/", exclude_categories=["Cs"]) | st.sampled_from(AWKWARD), min_size=1
).filter(lambda name: name not in (".", "..") and len(name.encode()) < 200)
DIRECTORIES = st.lists(NAMES, max_size=2).map(lambda names: "/".join(f"{name}.d" for name in names))
FILES = st.builds(File, st.binary(max_size=3000) | st.text(max_size=100), st.sampled_from([0o600, 0o644, 0o755]))

COUNTER = itertools.count()


@pytest.fixture(scope="module")
def remote() -> Iterator[RemoteMachine]:
    with tempfile.TemporaryDirectory() as directory:
        machine = connect(LocalEndpoint("worker-1", f"{directory}/prefix"))
        yield machine
        machine.close()


@at_most(60)
@given(st.lists(ARGUMENTS, max_size=4))
def test_a_program_receives_what_was_passed(remote: RemoteMachine, arguments: list[str]) -> None:
    """Argument for argument, whatever characters they hold."""
    shown = remote.script('printf "%s\\0" "$#" "$@"', *arguments).stdout
    assert shown == "".join(f"{argument}\0" for argument in [str(len(arguments)), *arguments])


@at_most(40)
@given(ARGUMENTS)
def test_the_environment_is_what_was_passed(remote: RemoteMachine, value: str) -> None:
    """Whatever characters a value holds."""
    assert remote.script('printf "%s." "$VALUE"', env={"VALUE": value}).stdout == f"{value}."


@at_most(40)
@given(st.binary(max_size=10_000))
def test_standard_input_is_what_was_passed(remote: RemoteMachine, data: bytes) -> None:
    """Byte for byte; output that is not UTF-8 is escaped, never lost."""
    assert remote.run("cat", stdin=data).stdout == data.decode("utf-8", "backslashreplace")


@at_most(25)
@given(st.dictionaries(st.tuples(DIRECTORIES, NAMES.map(lambda name: f"{name}.f")), FILES, min_size=1, max_size=5))
def test_put_writes_any_file_at_any_path(remote: RemoteMachine, files: dict[tuple[str, str], File]) -> None:
    """First all change, then none, then the one that was altered; content and mode are exact."""
    root = f"{remote.layout.data}/{next(COUNTER)}"
    wanted = {
        f"{root}/{directory}/{name}" if directory else f"{root}/{name}": f for (directory, name), f in files.items()
    }
    assert remote.put(wanted) == set(wanted)
    for path, file in wanted.items():
        content = file.content.encode() if isinstance(file.content, str) else file.content
        assert Path(path).read_bytes() == content == remote.get(path)
        assert Path(path).stat().st_mode & 0o7777 == file.mode
    assert remote.put(wanted) == frozenset()
    altered = next(iter(wanted))
    assert remote.put({**wanted, altered: evolve(wanted[altered], content=b"altered" * 1000)}) == {altered}
    assert {str(path) for path in Path(root).rglob("*") if path.is_file()} == set(wanted)


WORD = st.from_regex(r"[A-Za-z0-9_.-]{1,12}", fullmatch=True)
KNOWN = st.builds(
    Facts,
    hostname=WORD,
    machine_id=WORD.filter(lambda word: word != "uninitialized"),
    distribution=WORD,
    distribution_version=WORD,
    architecture=WORD,
    cpus=st.integers(1, 4096),
    memory_mb=st.integers(1, 10**8),
    disks=st.lists(
        st.builds(Disk, WORD.map(lambda word: f"/{word} x"), st.integers(0, 10**9), st.integers(0, 10**9)),
        max_size=3,
        unique_by=lambda disk: disk.path,
    ).map(tuple),
    java=st.none()
    | st.builds(
        JavaRuntime, WORD.map(lambda word: f"/{word}"), st.from_regex(r"[0-9]{1,2}(\.[0-9]{1,3}){0,2}", fullmatch=True)
    ),
    python=WORD.map(lambda word: f"/bin/{word}"),
    python_version=st.from_regex(r"3\.[0-9]{1,2}", fullmatch=True),
    user=WORD,
    is_root=st.booleans(),
    has_systemd=st.booleans(),
)


def answer(facts: Facts) -> str:
    """What the script would say on such a machine."""
    lines = {
        "hostname": facts.hostname,
        "machine_id": facts.machine_id,
        "os_ID": facts.distribution,
        "os_VERSION_ID": f'"{facts.distribution_version}"',
        "architecture": facts.architecture,
        "cpus": facts.cpus,
        "memory_kb": facts.memory_mb * 1024,
        "python": facts.python,
        "python_version": f"Python {facts.python_version}",
        "user": facts.user,
        "uid": 0 if facts.is_root else 1000,
        "systemd": "yes" if facts.has_systemd else "",
    }
    if facts.java is not None:
        lines |= {"java_binary": f"{facts.java.home}/bin/java", "java_release": f'"{facts.java.version}"'}
    disks = [f"disk=/dev/x {disk.total_mb * 1024} 0 {disk.free_mb * 1024} 0% {disk.path}" for disk in facts.disks]
    return "\n".join([*(f"{key}={value}" for key, value in lines.items()), *disks])


@given(KNOWN)
def test_facts_are_read_as_they_were_told(facts: Facts) -> None:
    """The parser is the inverse of the script's notation."""
    assert parse(answer(facts)) == facts


@given(
    st.text()
    | st.lists(
        st.sampled_from(["cpus=", "memory_kb=", "disk=", "java_binary=", "java_says="]).flatmap(
            lambda key: st.text(max_size=20).map(lambda value: key + value)
        )
    ).map("\n".join)
)
def test_no_answer_breaks_the_reader(text: str) -> None:
    """Whatever a machine says, there are facts, and no impossible ones."""
    facts = parse(text)
    assert facts.cpus >= 1
    assert facts.memory_mb >= 0
    assert facts.java is None or facts.java.major >= 0


SERVICES = st.builds(
    Service, st.just("s"), st.lists(ARGUMENTS, min_size=1, max_size=3), st.dictionaries(WORD, ARGUMENTS, max_size=3)
)


@given(SERVICES, SERVICES)
def test_declarations_have_one_fingerprint_each(one: Service, other: Service) -> None:
    """Equal for what starts the same process, in whatever order the environment is written, and only then."""
    shuffled = evolve(one, env=dict(reversed(one.env.items())), ready_timeout=1.0)
    assert fingerprint(one, "/a") == fingerprint(shuffled, "/a") != fingerprint(one, "/b")
    same = (one.argv, one.env) == (other.argv, other.env)
    assert (fingerprint(one, "/a") == fingerprint(other, "/a")) is same
