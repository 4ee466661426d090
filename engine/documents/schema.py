"""The version of the shape that cluster documents have."""

from typing import Final

SCHEMA_VERSION: Final = 1
"""Written into every cluster document and stored cluster; raised when a field changes its meaning or goes."""
