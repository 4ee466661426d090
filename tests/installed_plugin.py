"""A plugin of a test's own, installed for processes that have its directory on their path."""

from pathlib import Path


def installed_plugin(directory: Path, role: str, name: str, attribute: str, text: str) -> Path:
    """Install a distribution of one module.

    Args:
        directory: where; made here.
        role: the plugin's.
        name: the plugin's, and the distribution's.
        attribute: what of the module the plugin is.
        text: the module.

    Returns:
        The directory.
    """
    information = directory / f"{name}-1.dist-info"
    information.mkdir(parents=True)
    (directory / f"{name}_plugin.py").write_text(text)
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
    (information / "entry_points.txt").write_text(f"[serai.{role}]\n{name} = {name}_plugin:{attribute}\n")
    return directory
