"""Errors as text."""

import pytest

from serai.engine.cli.complaints import complaint
from serai.hookspec.configs import ValidationError
from serai.hookspec.errors import (
    CommandFailed,
    HostsFailed,
    NotFound,
    Origin,
    PluginRejected,
    SeraiError,
    ServiceFailed,
    ValidationFailed,
)


def text_of(error: SeraiError) -> list[str]:
    return complaint(error.to_dict()).splitlines()


def test_a_plain_error_tells_message_code_and_hint() -> None:
    """And where, unless the message says so itself."""
    assert text_of(NotFound("there is no cluster demo", place="demo", hint="did you mean dem?")) == [
        "there is no cluster demo  [NOT_FOUND]",
        "  hint: did you mean dem?",
    ]
    assert text_of(SeraiError("no such file", place="a.yaml")) == ["a.yaml: no such file  [SERAI_ERROR]"]


def test_control_characters_do_not_reach_the_terminal() -> None:
    """A name in a document can neither colour nor command it."""
    error = SeraiError("no cluster \x1b]0;x\x07 \x9b31m\ttab", hint="\x00\ud800é")
    assert text_of(error) == [r"no cluster \x1b]0;x\x07 \x9b31m" + "\ttab  [SERAI_ERROR]", r"  hint: \x00\ud800é"]


def test_validation_errors_are_all_listed_once() -> None:
    """Each with path, message, code and hint."""
    error = ValidationFailed(
        [
            ValidationError(
                error_message="must be at least 0 (got -3)", path="node_groups[1].count", code="OUT_OF_RANGE"
            ),
            ValidationError(error_message="Actual NN count is 2", code="NOT_SINGLE_NAME_NODE", hint="drop one"),
        ],
        what="cluster demo",
    )
    assert text_of(error) == [
        "2 errors in cluster demo  [VALIDATION_FAILED]",
        "  node_groups[1].count: must be at least 0 (got -3)  [OUT_OF_RANGE]",
        "  Actual NN count is 2  [NOT_SINGLE_NAME_NODE]",
        "    hint: drop one",
    ]


def test_a_failed_operation_tells_where_and_what_the_programs_said() -> None:
    """Operation, phase, plugin, host, command, status, and the last lines of its streams."""
    failed = CommandFailed(
        "java: status 1",
        host="demo-worker-1",
        details={"argv": ["java", "-jar", "a b.jar"], "status": 1, "stdout": [], "stderr": ["line 1", "line 2"]},
    )
    error = HostsFailed("start workers", {"demo-worker-1": failed})
    error.details.update(operation="create 12", phase="start")
    error.origin = Origin("spark", "serai", "1.0", "start_cluster")
    assert text_of(error) == [
        "start workers failed on 1 host  [HOSTS_FAILED]",
        "  operation: create 12",
        "  phase: start",
        "  plugin: spark (serai 1.0) in start_cluster",
        "  demo-worker-1: java: status 1  [REMOTE_COMMAND_FAILED]",
        "    command: java -jar 'a b.jar'",
        "    status: 1",
        "    stderr:",
        "      | line 1",
        "      | line 2",
    ]


def test_of_a_log_the_last_lines_are_shown() -> None:
    """The reason stands at the end."""
    log = "\n".join(f"line {number}" for number in range(100))
    lines = text_of(ServiceFailed("it ended", host="a", details={"log": log}))
    assert lines[1:3] == ["  log:", "    | line 80"]
    assert lines[-1] == "    | line 99"


def test_of_many_hosts_the_first_are_told_in_full() -> None:
    """And every other one in a line."""
    failures = {f"host-{n}": SeraiError(f"bad {n}", details={"status": n}) for n in range(5)}
    lines = text_of(HostsFailed("go", failures))
    assert [line for line in lines if "bad" in line] == [f"  host-{n}: bad {n}  [SERAI_ERROR]" for n in range(5)]
    assert sum("status:" in line for line in lines) == 3
    assert lines[-1] == "  (2 of them in short; --json has everything)"


def test_faults_of_a_plugin_are_told_once() -> None:
    """Though message and details both list them."""
    error = PluginRejected("plugin 'x' breaks the contract:\n  a\n  b", details={"faults": ["a", "b"]})
    assert text_of(error) == [
        "plugin 'x' breaks the contract  [PLUGIN_REJECTED]",
        "  faults:",
        "    a",
        "    b",
    ]


@pytest.mark.parametrize("value", ["", None, [], {}])
def test_empty_details_are_left_out(value: object) -> None:
    """They say nothing."""
    assert text_of(SeraiError("x", details={"fact": value, "stderr": value})) == ["x  [SERAI_ERROR]"]
