"""Mirrors: other places that have what a URL has."""

from collections.abc import Mapping


def mirrored(url: str, mirrors: Mapping[str, str]) -> str:
    """The URL, with its longest matching beginning replaced."""
    prefix = max((prefix for prefix in mirrors if url.startswith(prefix)), key=len, default="")
    return mirrors[prefix] + url.removeprefix(prefix) if prefix else url
