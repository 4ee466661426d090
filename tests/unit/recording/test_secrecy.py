"""No secret reaches a transcript."""

import json

import pytest

from serai.hookspec.errors import CommandFailed
from serai.hookspec.remote import File
from serai.hookspec.secrets import Secret
from serai.hookspec.testing.fleet import StoredFile, said
from serai.hookspec.transcripts import Transcript

CANARY = "kanarienvogel-4711"
MASK = "******"


def leaking(instance, run):
    """Says the secret wherever one can."""
    remote = instance.remote
    remote.run("sh", "-c", f"echo {CANARY}", env={"TOKEN": CANARY, CANARY: "x"}, stdin=f"{CANARY}\n", cwd=f"/{CANARY}")
    remote.put({"/a": Secret(CANARY), "/b": f"token={CANARY}", f"/{CANARY}": b"\xff" + CANARY.encode()})
    for path in ("/a", "/b", f"/{CANARY}"):
        remote.get(path)
    remote.http(f"http://x/?token={CANARY}", data=CANARY.encode(), headers={"Authorization": CANARY})
    with pytest.raises(CommandFailed):
        remote.run("fail")


def test_no_secret_of_a_cluster_is_in_its_transcript(studio):
    """Wherever it was said; nor is its digest."""
    studio.fleet.answer(lambda asked: True, lambda host, asked: said(f"it is {CANARY}"))
    studio.fleet.answer(["fail"], said(stderr=CANARY, status=1))
    recorded = studio.record(leaking)
    text = studio.path.read_text()
    assert CANARY not in text
    put = next(each for each in recorded if each.call == "put")
    assert [each.get("secret") for each in put.sent["files"]] == [True, True, True]
    run = recorded[0]
    assert run.answer["stdout"] == f"it is {MASK}"
    assert run.sent == {"env": ["TOKEN", MASK], "stdin": {"secret": True}, "cwd": f"/{MASK}"}


def test_a_secret_that_a_plugin_makes_is_one_wherever_it_stood_before(studio):
    """What was written already is written anew."""
    studio.fleet.answer(["new-token"], said(f"{CANARY[::-1]}\n"))

    def work(instance, run):
        token = instance.remote.run("new-token").stdout.strip()
        instance.remote.run("login", stdin=Secret(token))
        instance.remote.run("echo", "done")

    first, *rest = studio.record(work)
    assert CANARY[::-1] not in studio.path.read_text()
    assert first.answer["stdout"] == f"{MASK}\n"
    assert [each.words[0] for each in rest] == ["login", "echo"]


@pytest.mark.parametrize("content", [Secret("made up"), File("made up", 0o600)])
def test_the_content_of_a_secret_file_is_never_recorded(studio, content):
    """Nor is it when another command reads it, which does not know what it was."""
    studio.record(lambda instance, run: (instance.remote.put({"/token": content}), instance.remote.get("/token")))
    studio.fleet.host("demo-nodes-1").files["/token"] = StoredFile(b"made up", 0o600, "")
    put, *got = studio.record(lambda instance, run: instance.remote.get("/token"))
    assert put.sent == {"files": [{"secret": True, "mode": "600"}]}
    assert [each.answer for each in got] == [{"withheld": "secret"}] * 2
    assert "made up" not in studio.path.read_text()


@pytest.mark.parametrize(
    ("said_so", "shown"),
    [
        ("Authorization: Bearer abc.def-123", f"Authorization: Bearer {MASK}"),
        ("-H 'authorization: Basic dXNlcjpwdw=='", f"-H 'authorization: Basic {MASK}'"),
        ('{"Authorization": "abcdef"}', f'{{"Authorization": "{MASK}"}}'),
        ("postgresql://me:s3cret@db:5432/x", f"postgresql://me:{MASK}@db:5432/x"),
        (
            "a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb",
            f"a\n{MASK}\nb",
        ),
        ("a basic example, bearer of news: http://x:80/@home", "a basic example, bearer of news: http://x:80/@home"),
    ],
)
def test_what_looks_like_a_secret_is_one(studio, said_so, shown):
    """Whoever made it."""
    studio.fleet.answer(["tell"], said(said_so))
    (exchange,) = studio.record(lambda instance, run: instance.remote.run("tell"))
    assert exchange.answer["stdout"] == shown


def test_names_and_directories_of_machines_are_not_in_it(studio, tmp_path):
    """So that it is the same for a cluster of another name, elsewhere."""
    host = studio.fleet.host("demo-nodes-1")
    told = f"{host.name} {host.address} /opt/serai/demo/x {host.facts.home}/y"
    studio.fleet.answer(["tell"], said(told))
    studio.record(lambda instance, run: (instance.remote.facts, instance.remote.run("tell", told)))
    text = studio.path.read_text()
    assert [word for word in ("demo", "10.0.0.", "/opt/serai", "/home/") if word in text] == []
    assert json.loads(text.splitlines()[-1])["words"][1] == "@{nodes-1} @{nodes-1.address} @{prefix}/x @{home}/y"
    assert len(Transcript.read(studio.path).exchanges) == 2
