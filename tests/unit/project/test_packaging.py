"""What is shipped: every folder of code, and entry points that lead somewhere."""

import os
from collections.abc import Iterator
from configparser import ConfigParser
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FOLDERS = ("hookspec", "engine", "builtin_plugins", "contrib")


def setup() -> ConfigParser:
    parser = ConfigParser(interpolation=None)
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def is_linked(path: Path) -> bool:
    """Whether it belongs to something else, to which there is a link: the example of a package is data."""
    return any(parent.is_symlink() for parent in path.parents if parent.is_relative_to(ROOT))


def folders_with_code() -> set[str]:
    files = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py") if not is_linked(path))
    return {".".join(("serai", *path.parent.relative_to(ROOT).parts)) for path in files}


def entry_points() -> list[str]:
    groups = setup()["options.entry_points"].values()
    return [line.partition("=")[2].strip() for group in groups for line in group.strip().splitlines()]


def test_every_folder_of_code_is_listed():
    """A package that setup.cfg does not list is missing from the wheel, and from nowhere else."""
    assert set(setup()["options"]["packages"].split()) == folders_with_code()


def test_every_folder_of_code_is_a_package():
    """``serai`` itself is the only one without ``__init__.py``."""
    packages = [ROOT.joinpath(*name.split(".")[1:]) for name in folders_with_code()]
    assert [path for path in packages if not (path / "__init__.py").exists()] == []


def test_every_import_name_is_mapped_to_its_folder():
    """setup.cfg names the four folders, and marks each as typed."""
    mapped = dict(line.split(" = ") for line in setup()["options"]["package_dir"].strip().splitlines())
    assert mapped == {f"serai.{folder}": folder for folder in FOLDERS}
    assert [folder for folder in FOLDERS if not (ROOT / folder / "py.typed").exists()] == []
    data = setup()["options.package_data"]
    assert all("py.typed" in data[f"serai.{folder}"].split() for folder in FOLDERS)


def test_every_file_beside_the_code_is_listed():
    """Data that setup.cfg does not list is missing from the wheel, too."""
    listed = {
        path
        for package, patterns in setup()["options.package_data"].items()
        for pattern in patterns.split()
        for path in ROOT.joinpath(*package.split(".")[1:]).glob(pattern)
    }
    data = {path for folder in FOLDERS for path in files_below(ROOT / folder) if is_data(path)}
    assert data == listed


def files_below(folder: Path) -> Iterator[Path]:
    for directory, _, names in os.walk(folder, followlinks=True):
        yield from (Path(directory, name) for name in names)


def is_data(path: Path) -> bool:
    if path.suffix == ".pyc" or any(part.startswith(".") for part in path.relative_to(ROOT).parts):
        return False  # what tools leave
    return path.suffix != ".py" or is_linked(path)


@pytest.mark.parametrize("target", entry_points())
def test_every_entry_point_leads_somewhere(target):
    """The module can be imported, and has the object, where one is named."""
    module, _, attribute = target.partition(":")
    assert hasattr(import_module(module), attribute or "__name__")
