"""Serai's engine, for host services to embed.

>>> from serai.engine import ClusterSpec, Engine
>>> with Engine.open() as engine:
...     "spark" in engine.plugins
True
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from serai.engine.engine import Engine
    from serai.engine.log_context import LogContext
    from serai.engine.plugins.catalog import Catalog
    from serai.engine.plugins.catalog import admitted as plugin
    from serai.engine.spec import ClusterSpec
    from serai.hookspec.edp import JobSpec
    from serai.hookspec.infrastructure import Host

__all__ = ["Catalog", "ClusterSpec", "Engine", "Host", "JobSpec", "LogContext", "plugin"]

_PUBLIC = {
    "Catalog": ("serai.engine.plugins.catalog", "Catalog"),
    "ClusterSpec": ("serai.engine.spec", "ClusterSpec"),
    "Engine": ("serai.engine.engine", "Engine"),
    "Host": ("serai.hookspec.infrastructure", "Host"),
    "JobSpec": ("serai.hookspec.edp", "JobSpec"),
    "LogContext": ("serai.engine.log_context", "LogContext"),
    "plugin": ("serai.engine.plugins.catalog", "admitted"),
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: a host that embeds the engine pays for what it uses."""
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module, attribute = _PUBLIC[name]
    return getattr(import_module(module), attribute)
