"""A package for a new plugin: the example of the documentation, under another name."""

import re
from collections.abc import Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from attrs import frozen

from serai.hookspec.errors import SeraiError

TEMPLATE: Final = "plugin_package"
"""Beside this module; in the repository a link to ``docs/examples/plugin-package``."""

_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST: Final = 32

_SUFFIXES: Final = (".cfg", ".md", ".py", ".toml", ".yaml")
"""Of the files that belong to the package; tools may have left others beside them."""

_WORDS: Final = re.compile(r"_pantry|Pantry|PANTRY|pantry")
"""How the example is called: in names of modules, of classes and services, in codes, and anywhere else."""


@frozen
class PluginName:
    """What a plugin is called, in each place where it has a name.

    Attributes:
        text: as documents write it: ``plugin_name: my-plugin``.
    """

    text: str

    @classmethod
    def read(cls, text: str) -> "PluginName":
        """A name, if it is one.

        Raises:
            SeraiError: it is none.
        """
        if len(text) > _LONGEST or not _NAME.fullmatch(text):
            raise SeraiError(
                f"{text[:_LONGEST]!r} is no name for a plugin",
                code="INVALID_NAME",
                hint=f"at most {_LONGEST} lower-case letters and digits, in words joined by hyphens: my-plugin",
            )
        return cls(text)

    @property
    def distribution(self) -> str:
        """What pip calls the package."""
        return f"serai-{self.text}"

    @property
    def package(self) -> str:
        """What Python imports."""
        return f"serai_{self._joined}"

    @property
    def _joined(self) -> str:
        return self.text.replace("-", "_")

    def put_into(self, text: str) -> str:
        """A text of the example, or the name of one of its files, as it is under this name."""
        replacements = {
            "_pantry": f"_{self._joined}",
            "Pantry": "".join(word.capitalize() for word in self.text.split("-")),
            "PANTRY": self._joined.upper(),
            "pantry": self.text,
        }
        return _WORDS.sub(lambda found: replacements[found.group()], text)


def package_files(name: PluginName) -> dict[str, str]:
    """The files of a new package: content by path below its directory.

    Args:
        name: the plugin's.
    """
    found = _texts(files(__package__).joinpath(TEMPLATE), "")
    return {name.put_into(path): name.put_into(text) for path, text in sorted(found)}


def _texts(folder: Traversable, below: str) -> Iterable[tuple[str, str]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _texts(entry, f"{below}{entry.name}/")
        elif Path(entry.name).suffix in _SUFFIXES:
            yield f"{below}{entry.name}", entry.read_text(encoding="utf-8")


def write_package(directory: Path, content: dict[str, str]) -> None:
    """Write a package to a directory that holds nothing yet.

    Raises:
        SeraiError: something is there already; nothing was written.
        OSError: the system refuses.
    """
    if directory.exists() and not (directory.is_dir() and not any(directory.iterdir())):
        raise SeraiError(
            f"{directory} is there already", code="DIRECTORY_NOT_EMPTY", hint="name another one with --directory"
        )
    for path, text in content.items():
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
