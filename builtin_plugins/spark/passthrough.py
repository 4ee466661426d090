"""What must hold of the properties a user hands through to Spark."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from attrs import frozen

from serai.builtin_plugins.spark.properties import Property, malformed_escapes, parsed
from serai.builtin_plugins.spark.reserved import RESERVED
from serai.builtin_plugins.spark.settings import SECRET_SPARK_DEFAULTS, SPARK_DEFAULTS
from serai.builtin_plugins.spark.values import text
from serai.hookspec.configs import Config
from serai.hookspec.objects import Cluster, ValidationError
from serai.hookspec.places import config_path

_PREFIX: Final = "spark."

SECRET_KEY: Final = re.compile(r"(?i)secret|password|passphrase|token|access[.]?key|account[.]key")
"""Keys whose values Spark itself would not show either, and some more."""


def passthrough_problems(cluster: Cluster) -> Iterator[ValidationError]:
    """What is wrong with both passthrough configs. Values never appear in what is said.

    Args:
        cluster: the cluster; the engine may have found faults of its own in it.
    """
    seen: dict[str, str] = {}
    for config in (SPARK_DEFAULTS, SECRET_SPARK_DEFAULTS):
        given = text(cluster, config)
        place = _Place(config, config_path(cluster, config))
        if malformed_escapes(given):
            yield place.problem("MALFORMED_ESCAPE", r"there is a \u without four hexadecimal digits", r"write \\u")
        for entry in parsed(given).entries:
            yield from _entry_problems(place, entry, seen)
            seen.setdefault(entry.key, f"line {entry.line} of {config.name!r}")


@frozen
class _Place:
    """The config a property stands in, and where that is in the document."""

    config: Config
    path: str

    def problem(self, code: str, message: str, hint: str) -> ValidationError:
        return ValidationError(self.config, message, self.path, code, hint)


def _entry_problems(place: _Place, entry: Property, seen: Mapping[str, str]) -> Iterator[ValidationError]:
    foreign = not entry.key.startswith(_PREFIX)
    # What is no key in a secret text may be a part of a secret.
    what = f"line {entry.line}: {'its key' if foreign and place.config.is_secret else repr(entry.key)}"
    if foreign:
        yield place.problem(
            "NOT_A_SPARK_PROPERTY",
            f"{what} does not begin with 'spark.', so Spark would ignore it",
            "write a key, white space and a value in each line; Hadoop's own keys come after 'spark.hadoop.'",
        )
    elif not entry.value:
        yield place.problem("PROPERTY_WITHOUT_VALUE", f"{what} has no value", "write the value after the key")
    if entry.key in RESERVED:
        yield place.problem("RESERVED_PROPERTY", f"{what} is set by Serai itself", RESERVED[entry.key])
    elif place.config is SPARK_DEFAULTS and SECRET_KEY.search(entry.key):
        hint = f"move the line to {SECRET_SPARK_DEFAULTS.name!r}"
        yield place.problem("SECRET_IN_CLEAR", f"{what} looks like a secret, and this config is shown", hint)
    if entry.key in seen:
        yield place.problem("PROPERTY_TWICE", f"{what} is set already in {seen[entry.key]}", "keep one of them")
