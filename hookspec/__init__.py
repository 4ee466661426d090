"""The contract between Serai and its plugins: hooks, object model, errors, and what a hook is lent."""

from serai.hookspec.markers import PROJECT, SPI_VERSION, hookimpl, hookspec

__all__ = ["PROJECT", "SPI_VERSION", "hookimpl", "hookspec"]
