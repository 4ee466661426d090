"""Errors, flattened: one finding a place, everything known of it in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serai.engine.operations.explaining import findings, in_short, with_causes
from serai.hookspec.configs import ValidationError
from serai.hookspec.errors import (
    CommandFailed,
    DeadlineExceeded,
    HostsFailed,
    Origin,
    SeraiError,
    ServiceFailed,
    ValidationFailed,
)


def command_failed(host: str = "h1") -> CommandFailed:
    details = {"argv": ["tar", "x y"], "status": 2, "stdout": ["out"], "stderr": ["no room"]}
    return CommandFailed("tar: status 2", host=host, hint="make room", details=details)


def test_each_failing_host_is_a_finding_that_says_when_it_was():
    """Operation, phase and step are the whole's; command, streams and status its own."""
    error = HostsFailed("unpack", {"h1": command_failed("h1"), "h2": ValueError("odd")})
    error.details |= {"operation": "create ab12", "phase": "configure"}
    first, second = findings(error.to_dict())
    assert (first.operation, first.phase, first.step, first.host) == ("create ab12", "configure", "unpack", "h1")
    assert (first.code, first.command, first.status) == ("REMOTE_COMMAND_FAILED", "tar 'x y'", 2)
    assert (first.stdout, first.stderr, first.hint, first.place) == (("out",), ("no room",), "make room", "")
    assert (second.host, second.code, second.message) == ("h2", "INTERNAL_ERROR", "ValueError: odd")


def test_a_service_is_told_with_its_log_and_how_it_ended():
    error = ServiceFailed("sheep ended", host="h1", details={"service": "sheep", "exit_code": 3, "log": "a\nb\n"})
    (found,) = findings(with_causes(error).to_dict())
    assert (found.host, found.service, found.status, found.log) == ("h1", "sheep", 3, ("a", "b"))


def test_every_mistake_in_a_document_is_a_finding():
    errors = [
        ValidationError(error_message="bad", path="name", code="A"),
        ValidationError(error_message="worse", path="count", code="B"),
    ]
    found = findings(ValidationFailed(errors).to_dict())
    assert [(each.place, each.code, each.message) for each in found] == [("name", "A", "bad"), ("count", "B", "worse")]


def test_a_finding_names_plugin_and_hook():
    error = SeraiError("no")
    error.origin = Origin("sheep", "herd", "1", "start_cluster")
    assert findings(error.to_dict())[0].plugin == "sheep in start_cluster"


def test_what_an_error_came_from_is_kept_with_its_facts():
    """A plugin that raises an error of its own from a command's loses nothing."""
    error = SeraiError("the shed is full")
    try:
        raise error from command_failed()
    except SeraiError as raised:
        (found,) = findings(with_causes(raised).to_dict())
    assert found.causes == ("CommandFailed: tar: status 2",)
    assert (found.command, found.status, found.stderr) == ("tar 'x y'", 2, ("no room",))


def test_a_cause_that_says_nothing_new_is_left_out():
    error = SeraiError("ValueError: odd")
    error.__cause__ = ValueError("odd")
    assert "causes" not in with_causes(error).details


def test_causes_that_go_in_a_circle_end():
    one, two = SeraiError("one"), SeraiError("two")
    one.__cause__, two.__cause__ = two, one
    assert with_causes(one).details["causes"] == ["SeraiError: two"]


def test_a_limit_that_passed_is_told():
    error = DeadlineExceeded("not done within 3 s", host="h1", details={"limit": 3.0, "step": "graze"})
    assert [(each.limit, each.step) for each in findings(error.to_dict())] == [(3.0, "graze")]


def test_services_found_dead_come_after_the_error():
    evidence = {
        "h2": {"code": "SERVICE_ENDED", "message": "sheep ended", "details": {"service": "sheep", "log": "wolf"}}
    }
    error = DeadlineExceeded("waited in vain", place="sheep to come", details={"evidence": evidence})
    first, second = findings(error.to_dict())
    assert first.place == "sheep to come"
    assert (second.host, second.code, second.service, second.log) == ("h2", "SERVICE_ENDED", "sheep", ("wolf",))


def test_in_short_an_error_is_what_and_what_to_do():
    assert in_short(command_failed()) == {
        "code": "REMOTE_COMMAND_FAILED",
        "message": "tar: status 2",
        "hint": "make room",
    }
    assert in_short(ValueError("odd")) == {"code": "INTERNAL_ERROR", "message": "ValueError: odd"}


ERRORS = st.recursive(
    st.builds(lambda message: SeraiError(message), st.text()),
    lambda inner: st.builds(
        HostsFailed, st.text(), st.dictionaries(st.text(min_size=1), inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


def leaves(error):
    return sum(map(leaves, error.failures.values())) if isinstance(error, HostsFailed) else 1


@given(ERRORS)
def test_no_failure_is_lost(error):
    """As many findings as there are errors that are not made of others."""
    assert len(findings(error.to_dict())) == leaves(error)


NAMES = st.sampled_from(["hosts", "evidence", "argv", "status", "stdout", "log", "limit", "causes", "step", "service"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


MEMBERS = st.dictionaries(st.text(), st.dictionaries(st.sampled_from(["details", "origin", "message", "place"]), JSON))


@pytest.mark.slow
@given(st.dictionaries(NAMES, JSON | MEMBERS))
def test_whatever_a_plugin_puts_into_details_an_error_can_be_told(details):
    """It must not keep a failure from being recorded."""
    error = SeraiError("odd", details=details)
    assert all(isinstance(each.message, str) for each in findings(with_causes(error).to_dict()))
