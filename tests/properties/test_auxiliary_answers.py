"""What servers of auxiliary plugins say, whatever it is: it is understood, or refused in a way that is foreseen."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serai.contrib.jupyter.server import parse_state
from serai.contrib.prometheus.server import Condition, parse_targets
from serai.hookspec.artifacts import Debian

REFUSED = (ValueError, KeyError, TypeError)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
TARGETS = st.lists(
    st.fixed_dictionaries(
        {"scrapeUrl": st.text(min_size=1), "health": st.sampled_from(Condition), "lastError": st.text()}
    ),
    unique_by=lambda item: str(item["scrapeUrl"]),
)


@given(JSON | st.fixed_dictionaries({"status": st.just("success"), "data": JSON}))
def test_anything_that_is_no_answer_is_refused(document: object) -> None:
    """By errors that are caught and told; a document that says nothing of targets says of none."""
    answer = json.dumps(document).encode()
    for parse in (parse_targets, parse_state):
        try:
            parse(answer)
        except REFUSED:
            continue


@given(st.binary(max_size=40))
def test_what_is_no_json_is_refused(answer: bytes) -> None:
    """Whatever its bytes."""
    for parse in (parse_targets, parse_state):
        try:
            json.loads(answer)
        except ValueError:
            with pytest.raises(ValueError):  # noqa: PT011 - of any kind
                parse(answer)


@given(TARGETS)
def test_every_target_is_understood(items: list[dict[str, str]]) -> None:
    """None is lost, none is mended."""
    answer = {"status": "success", "data": {"activeTargets": items}}
    seen = parse_targets(json.dumps(answer).encode())
    assert [(each.url, each.condition, each.error) for each in seen.values()] == [
        (item["scrapeUrl"], item["health"], item["lastError"]) for item in items
    ]


@given(st.text(max_size=12) | st.from_regex(r"[a-z0-9=.~+-]{1,12}", fullmatch=True))
def test_a_package_is_never_an_option_nor_a_path(text: str) -> None:
    """Nor several: apt takes what is accepted as the name of one package, and a version."""
    try:
        Debian([text])
    except ValueError:
        return
    assert text[0].isalnum()
    name, _, version = text.partition("=")
    assert not set(name) & set(" \t\n/*?!:=")
    assert not set(version) & set(" \t\n/*?!=")
