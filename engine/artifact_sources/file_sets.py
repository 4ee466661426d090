"""Sets of files, told from others by one value."""

import hashlib
import os
from pathlib import Path


def digest(directory: Path) -> str:
    """The SHA-256 of a directory of files, as :class:`~serai.hookspec.artifacts.Maven` has it."""
    listing = hashlib.sha256()
    for path in sorted(directory.iterdir(), key=os.fsencode):
        with path.open("rb") as file:
            listing.update(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {path.name}\n".encode())
    return listing.hexdigest()
