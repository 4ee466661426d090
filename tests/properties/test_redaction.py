"""No secret survives redaction, however it is written."""

import json

from hypothesis import assume, example, given
from hypothesis import strategies as st
from leaks import leaks, strings

from serai.engine.redaction import SHORTEST, Redactor, secrets_in
from serai.hookspec.configs import ValidationError
from serai.hookspec.errors import CommandFailed, HostsFailed, ValidationFailed
from serai.hookspec.secrets import Secret


@given(leaks())
def test_no_secret_survives_in_text(case):
    secrets, text = case
    masked = Redactor(secrets).text(text)
    assert [secret for secret in secrets if secret in masked] == []


@given(leaks())
def test_no_secret_survives_in_the_text_of_json(case):
    """Neither as it is, nor as JSON escapes it, in whichever of its two ways."""
    secrets, text = case
    redactor = Redactor(secrets)
    for ascii_only in (True, False):
        masked = redactor.text(json.dumps({"said": text}, ensure_ascii=ascii_only))
        for secret in secrets:
            assert secret not in masked
            assert json.dumps(secret, ensure_ascii=ascii_only)[1:-1] not in masked


@given(leaks(), st.recursive(st.integers() | st.booleans() | st.none(), st.lists, max_leaves=4))
def test_no_secret_survives_in_data(case, other):
    """In keys, in values, in lists."""
    secrets, text = case
    masked = Redactor(secrets).data({text: [text, {"lines": text.splitlines(keepends=True)}], "other": other})
    assert [each for each in strings(masked) for secret in secrets if secret in each] == []


@given(leaks())
def test_no_line_of_a_secret_survives_where_lines_are_kept_apart(case):
    """A private key is a secret of many lines; tails of outputs are lists of lines."""
    secrets, text = case
    masked = Redactor(secrets).data(text.splitlines())
    lines = [line for secret in secrets for line in secret.splitlines() if len(line) >= SHORTEST and line.strip("*")]
    assert [line for each in masked for line in lines if line in each] == []


def told_of_an_error(text, redactor):
    """Every string that is told of an error whose parts all say a text, when secrets were taken out of it."""
    failed = CommandFailed(text, host="h1", hint=text, details={"stderr": [text]})
    failed.__cause__ = ValueError(text)
    error = HostsFailed("step", {"h1": failed})
    redactor.error(error)
    return [*strings(error.to_dict()), str(error), str(failed), str(failed.__cause__), *map(str, error.args)]


@given(leaks())
@example((["plac"], "plac"))
def test_no_secret_survives_in_an_error_or_what_it_is_made_of(case):
    """But for words that Serai says of every error, such as names of fields."""
    secrets, text = case
    assume(text)
    always = told_of_an_error("", Redactor([]))
    told = [each for each in told_of_an_error(text, Redactor(secrets)) if each not in always]
    assert [each for each in told for secret in secrets if secret in each] == []


@given(st.text(max_size=50))
def test_without_secrets_nothing_changes(text):
    """Secrets that are too short to be looked for are none."""
    assert Redactor(["", "abc"]).text(text) == text


def test_what_has_no_secret_stays_as_it_is():
    data = {"status": 1, "lines": ["one", "two"], "none": None, "yes": True}
    assert Redactor(["sesame"]).data(data) == data


def test_secrets_are_found_however_deep():
    found = secrets_in([{"a": [Secret("one")], "b": {"c": (Secret("two"), "three")}}])
    assert found.values == {"one", "two"}


@given(leaks())
@example((["plac"], "plac"))
def test_no_secret_survives_in_the_mistakes_of_a_document(case):
    """But for words that Serai says of every mistake."""
    secrets, text = case
    always = strings(ValidationFailed([ValidationError(error_message="", hint="")]).to_dict())
    error = ValidationFailed([ValidationError(error_message=text, hint=text)])
    Redactor(secrets).error(error)
    told = [each for each in strings(error.to_dict()) if each not in always]
    assert [each for each in told for secret in secrets if secret in each] == []
