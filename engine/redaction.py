"""Keeping secrets out of what others say: logs, outputs and messages may hold them, and nobody marked them there."""

import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import quote

from attrs import evolve, frozen

from serai.hookspec.cluster import Cluster
from serai.hookspec.configs import ValidationError
from serai.hookspec.errors import SeraiError, ValidationFailed
from serai.hookspec.secrets import MASK, Secret

SHORTEST: Final = 4
"""Characters of the shortest secret that is looked for: shorter ones are in everything."""


class Redactor:
    """Masks secrets, wherever they stand in text or data; also as JSON, Python, a shell or a URL would write them.

    Of a secret of several lines each line is one: outputs are cut into lines.

    Args:
        values: the secrets in clear. Those shorter than :data:`SHORTEST` are not looked for.
    """

    def __init__(self, values: Iterable[str]) -> None:
        written = {form for value in values for form in _forms(value) if len(form) >= SHORTEST and form.strip("*")}
        longest_first = sorted(written, key=lambda form: (-len(form), form))
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if written else None

    def __bool__(self) -> bool:
        return self._pattern is not None

    def text(self, text: str) -> str:
        """The text without the secrets."""
        if self._pattern is None:
            return text
        while (masked := self._pattern.sub(MASK, text)) != text:  # what stood around one can form another
            text = masked
        return text

    def data(self, data: Any) -> Any:
        """JSON-compatible data without the secrets: keys, strings, and numbers that hold one."""
        if self._pattern is None or data is None or isinstance(data, bool):
            return data
        if isinstance(data, str):
            return self.text(data)
        if isinstance(data, Mapping):
            return {self.data(key): self.data(value) for key, value in data.items()}
        if isinstance(data, list | tuple):
            return [self.data(item) for item in data]
        return MASK if self._pattern.search(str(data)) else data

    def error(self, error: BaseException) -> None:
        """Take the secrets out of an error, of those it was raised from, and of those it is made of."""
        if self._pattern is not None:
            for each in _family(error, set()):
                self._mask(each)

    def _mask(self, error: BaseException) -> None:
        error.args = tuple(self.text(arg) if isinstance(arg, str) else arg for arg in error.args)
        if isinstance(error, SeraiError):
            error.message, error.hint = self.text(error.message), self.text(error.hint)
            error.place, error.details = self.text(error.place), self.data(error.details)
        if isinstance(error, ValidationFailed):
            error.errors = tuple(self.errors(error.errors))

    def errors(self, errors: Iterable[ValidationError]) -> list[ValidationError]:
        """What is wrong with a document, without the secrets."""
        return [evolve(each, error_message=self.text(each.error_message), hint=self.text(each.hint)) for each in errors]


@contextmanager
def discreet(*things: Any) -> Iterator[Redactor]:
    """Take the secrets within mappings and lists out of whatever error leaves the context; gives what does so."""
    redactor = Redactor(secrets_in(*things).values)
    try:
        yield redactor
    except BaseException as error:
        redactor.error(error)
        raise


@frozen
class Found:
    """The secrets that something holds.

    Attributes:
        values: in clear.
        sealed: why some could not be opened, one reason each.
    """

    values: frozenset[str]
    sealed: tuple[str, ...] = ()


def secrets_in(*things: Any) -> Found:
    """The secrets within mappings and lists."""
    values, sealed = set(), []
    for secret in _walk(things):
        try:
            values.add(secret.reveal())
        except SeraiError as error:
            sealed.append(str(error))
    return Found(frozenset(values), tuple(sealed))


def holdings(cluster: Cluster) -> list[Any]:
    """Everything of a cluster that may hold secrets, for :func:`secrets_in`."""
    groups = [each for group in cluster.node_groups for each in (group.node_configs, group.extra)]
    recommended = [item.value for item in cluster.recommendations]
    return [cluster.cluster_configs, cluster.infrastructure, cluster.info, cluster.extra, groups, recommended]


def _walk(thing: Any) -> Iterator[Secret]:
    if isinstance(thing, Secret):
        yield thing
    elif isinstance(thing, Mapping):
        for value in thing.values():
            yield from _walk(value)
    elif isinstance(thing, list | tuple):
        for item in thing:
            yield from _walk(item)


def _forms(secret: str) -> Iterator[str]:
    """A secret as it may be written."""
    for value in {secret, *secret.splitlines()}:
        yield value
        yield value.strip()
        yield repr(value)[1:-1]
        yield json.dumps(value)[1:-1]
        yield json.dumps(value, ensure_ascii=False)[1:-1]
        yield shlex.quote(value)
        yield quote(value, safe="", errors="backslashreplace")


def _family(error: BaseException, seen: set[int]) -> Iterator[BaseException]:
    if id(error) in seen:
        return
    seen.add(id(error))
    yield error
    members = getattr(error, "failures", {})
    related = [error.__cause__, error.__context__, *(members.values() if isinstance(members, Mapping) else ())]
    for each in related:
        if each is not None:
            yield from _family(each, seen)
