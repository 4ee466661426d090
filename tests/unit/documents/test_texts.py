"""From the text of a document to its data, with every fault of the text."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from serai.engine.documents.files import MAXIMUM_BYTES, parse, read_file
from serai.hookspec.errors import SeraiError


def faults(text: str, **options: bool) -> list[str]:
    """The faults of a text as users see them."""
    return [str(fault.to_error()) for fault in parse(text, **options).faults]


def test_a_repeated_key_is_told_with_its_lines():
    """YAML would silently keep the last."""
    assert faults("a: 1\nb:\n  - {c: 1,\n     c: 2}\na: 3\n") == [
        "a: is given twice, in lines 1 and 5 [DUPLICATE_KEY] (keep one of them)",
        "b[0].c: is given twice, in lines 3 and 4 [DUPLICATE_KEY] (keep one of them)",
    ]


def test_a_repeated_key_in_json_is_told_with_its_place():
    """JSON has no line for it, but a path."""
    text = '{"a": 1, "l": [{"b": 1, "b": 2, "b": 3}], "a": 2}'
    assert faults(text, json_only=True) == [
        "a: is given twice [DUPLICATE_KEY] (keep one of them)",
        "l[0].b: is given twice [DUPLICATE_KEY] (keep one of them)",
    ]


def test_a_key_may_override_a_merged_one():
    """That is what merging is for."""
    parsed = parse("base: &base {count: 1}\ngroup: {<<: *base, count: 2}\n")
    assert (parsed.data["group"], parsed.faults) == ({"count": 2}, ())


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: [1\nb: 2", "line 2, column 2: "),
        ("a: b: c", "line 1, column 5: "),
        ("a: 1\n---\nb: 2", "line 2, column 1: "),
        ("a: !!python/object/apply:os.getcwd []", "line 1, column 4: "),
        ("a: 1\nb: \x01", "line 2: "),
        ("? [a]\n: b", "line 1, column 3: "),
    ],
)
def test_a_syntax_error_is_one_fault_with_its_place(text, place):
    """Line and column, as editors count."""
    (fault,) = parse(text).faults
    assert fault.code == "INVALID_SYNTAX"
    assert fault.message.startswith(place)


def test_tabs_are_named():
    """They look like spaces."""
    assert "indent with spaces" in faults("a:\n\tb: 1")[0]


@pytest.mark.parametrize("text", ['{"a": 1,}', '{"a": NaN}', "", "{'a': 1}"])
def test_json_is_taken_strictly(text):
    """A file called .json holds JSON."""
    (fault,) = parse(text, json_only=True).faults
    assert fault.code == "INVALID_SYNTAX"


def test_dates_and_versions_stay_text():
    """A version may look like a date."""
    assert parse("a: 2024-01-01\nb: 4.3\nc: yes").data == {"a": "2024-01-01", "b": 4.3, "c": True}


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [*a]",
        "a: &a {b: *a}",
        "".join(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 9) if n else 1}]\n" for n in range(12)),
        "[" * 3000,
        '{"a":' * 100_000,
    ],
    ids=["itself", "in a mapping", "many aliases", "deep", "deep JSON"],
)
def test_a_small_file_cannot_make_a_large_document(text):
    """Found before anything is made of it."""
    (fault,) = parse(text).faults
    assert fault.code == "DOCUMENT_TOO_LARGE"


def test_json_needs_no_yaml_rules():
    """A tab between the tokens of JSON is no indentation."""
    assert parse('{\t"a": "\\ud83d\\ude00"}').data == {"a": "\U0001f600"}


@pytest.mark.parametrize("name", ["a.yaml", "a.yml", "a.txt", "a"])
def test_any_other_file_is_yaml(tmp_path, name):
    """By its content; a byte order mark is no part of it."""
    (tmp_path / name).write_text("a: 1\n", encoding="utf-8-sig")
    assert read_file(tmp_path / name).data == {"a": 1}


def test_a_json_file_is_json(tmp_path):
    """By its name."""
    (tmp_path / "a.JSON").write_text("a: 1\n")
    assert read_file(tmp_path / "a.JSON").data is None


def test_no_more_is_read_than_a_document_may_have(tmp_path):
    """A file without an end would take all memory: 50 GiB here, that take no room on the disk."""
    with (tmp_path / "endless.yaml").open("wb") as file:
        file.truncate(50 * 1024**3)
    with pytest.raises(SeraiError, match=f"larger than {MAXIMUM_BYTES} bytes") as caught:
        read_file(tmp_path / "endless.yaml")
    assert (caught.value.code, caught.value.place) == ("UNREADABLE_DOCUMENT", str(tmp_path / "endless.yaml"))
    assert caught.value.hint


def test_a_document_may_be_as_large_as_is_allowed(tmp_path):
    """To the byte."""
    (tmp_path / "full.json").write_text('{"a": 1}'.ljust(MAXIMUM_BYTES))
    assert read_file(tmp_path / "full.json").data == {"a": 1}


def test_a_pipe_is_read_to_its_end(tmp_path):
    """However many pieces it comes in."""
    os.mkfifo(tmp_path / "pipe")
    with ThreadPoolExecutor() as threads:
        reading = threads.submit(read_file, tmp_path / "pipe")
        with (tmp_path / "pipe").open("w") as pipe:
            for piece in ("a:", " 1", "\nb: 2\n"):
                pipe.write(piece)
                pipe.flush()
        assert reading.result(30).data == {"a": 1, "b": 2}


def test_a_file_that_cannot_be_read_says_why(tmp_path):
    """With the next action."""
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for name, reason in (("none.yaml", "no such file"), ("", "directory"), ("binary", "not UTF-8")):
        with pytest.raises(SeraiError, match=reason) as caught:
            read_file(tmp_path / name)
        assert caught.value.code == "UNREADABLE_DOCUMENT"
        assert caught.value.hint
