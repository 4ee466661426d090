"""What must hold of the properties that a user hands through to Hadoop, and of where Hadoop itself comes from."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from serai.builtin_plugins.hadoop import reserved, settings
from serai.builtin_plugins.hadoop.configs import property_configs
from serai.builtin_plugins.hadoop.extra_properties import ExtraProperty, parsed
from serai.builtin_plugins.hadoop.properties.tables import table
from serai.builtin_plugins.hadoop.values import text
from serai.hookspec.objects import Cluster, Config, ValidationError
from serai.hookspec.places import config_path

_SECRET_NAME: Final = re.compile(r"(?i)secret|password|passphrase|token$|access[.]key|account[.]key")
_SHA256: Final = re.compile(r"[0-9a-fA-F]{64}")
_FORM: Final = "write a name, white space and a value in each line"
_URL: Final = re.compile(r"(https?|file)://\S+")


def passthrough_problems(cluster: Cluster) -> Iterator[ValidationError]:
    """What is wrong with the properties that Hadoop's default files do not list. Values never appear in what is said.

    Args:
        cluster: the cluster; the engine may have found faults of its own in it.
    """
    seen: dict[str, str] = {}
    for config in (*settings.EXTRA.values(), *settings.SECRET_EXTRA.values()):
        for entry in parsed(text(cluster, config)):
            yield from _entry_problems(cluster, config, entry, seen)
            seen.setdefault(entry.name, f"line {entry.line} of {config.name!r}")


def _entry_problems(
    cluster: Cluster, config: Config, entry: ExtraProperty, seen: Mapping[str, str]
) -> Iterator[ValidationError]:
    def problem(code: str, message: str, hint: str) -> ValidationError:
        told = f"line {entry.line}: {message}"
        return ValidationError(config, told, config_path(cluster, config), code, hint)

    name, has_sign = entry.name.partition("=")[0], "=" in entry.name or entry.value.split(maxsplit=1)[:1] == ["="]
    # What stands first in a line of a secret text that is not well formed may be the secret.
    what = "its property" if config.is_secret and (has_sign or not entry.value) else repr(name)
    present = table(cluster.hadoop_version).renamed.get(name, name)
    if has_sign:
        yield problem("EQUALS_SIGN", f"{what} and its value have '=' between them", _FORM)
    elif not entry.value:
        yield problem("PROPERTY_WITHOUT_VALUE", f"{what} has no value", _FORM)
    if reason := reserved.reason(name) or reserved.reason(present):
        yield problem("RESERVED_PROPERTY", f"{what} is set by Serai itself", reason)
    elif known := property_configs(cluster.hadoop_version).get(present):
        hint = f"set {known.name!r} of {known.applicable_target}"
        yield problem("LISTED_PROPERTY", f"{what} has a config of its own", hint)
    elif not config.is_secret and _SECRET_NAME.search(name):
        hint = f"move the line to {config.name.replace('Extra', 'Secret')!r}"
        yield problem("SECRET_IN_CLEAR", f"{what} looks like a secret, and this config is shown", hint)
    if entry.name in seen:
        yield problem("PROPERTY_TWICE", f"{what} is set already in {seen[entry.name]}", "keep one of them")


def distribution_problems(cluster: Cluster) -> Iterator[ValidationError]:
    """A tarball that could not be fetched, or not be told from another.

    Args:
        cluster: the cluster; the engine may have found faults of its own in it.
    """
    url, sha256 = text(cluster, settings.DISTRIBUTION_URL), text(cluster, settings.DISTRIBUTION_SHA256)
    for config, value, other in (
        (settings.DISTRIBUTION_URL, url, settings.DISTRIBUTION_SHA256),
        (settings.DISTRIBUTION_SHA256, sha256, settings.DISTRIBUTION_URL),
    ):
        if value and not text(cluster, other):
            message, hint = f"{config.name!r} is given without {other.name!r}", "give both, or neither"
            yield ValidationError(config, message, config_path(cluster, config), "INCOMPLETE_DISTRIBUTION", hint)
    for config, value, pattern, form in (
        (settings.DISTRIBUTION_URL, url, _URL, "a URL that begins with https://, http:// or file://"),
        (settings.DISTRIBUTION_SHA256, sha256, _SHA256, "64 hexadecimal digits"),
    ):
        if value and not pattern.fullmatch(value):
            message = f"{config.name!r} must be {form}"
            hint = "take both from where Apache publishes the release"
            yield ValidationError(config, message, config_path(cluster, config), "INVALID_DISTRIBUTION", hint)
