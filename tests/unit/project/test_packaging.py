"""What is shipped: every folder of code, and entry points that lead somewhere."""

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


def folders_with_code() -> set[str]:
    files = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
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
    files = {path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()}
    assert {path for path in files if path.suffix not in (".py", ".pyc")} == listed


@pytest.mark.parametrize("target", entry_points())
def test_every_entry_point_leads_somewhere(target):
    """The module can be imported, and has the object."""
    module, _, attribute = target.partition(":")
    assert hasattr(import_module(module), attribute)
