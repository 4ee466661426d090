"""The tests here share a lab."""

from lab.fixtures import lab

__all__ = ["lab"]
