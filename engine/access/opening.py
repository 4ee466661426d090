"""A pool of connections that is made when it is first needed: whoever asks nothing of a machine pays nothing."""

from collections.abc import Callable
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING

from serai.hookspec.errors import SeraiError

if TYPE_CHECKING:
    from serai.engine.remote.pool import Pool


class Opening:
    """Makes a pool at most once, and closes it at the end of the context. Safe to use from many threads.

    Args:
        pools: makes one.
    """

    def __init__(self, pools: "Callable[[], Pool]") -> None:
        self._pools = pools
        self._lock = Lock()
        self._pool: Pool | None = None
        self._over = False

    def pool(self) -> "Pool":
        """The pool.

        Raises:
            SeraiError: the context has ended (code NOT_CONNECTED).
        """
        with self._lock:
            if self._over:
                raise SeraiError(
                    "what is lent to a provider is lent while its hooks are called, and no longer", code="NOT_CONNECTED"
                )
            if self._pool is None:
                self._pool = self._pools()
            return self._pool

    def __enter__(self) -> "Opening":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._over = True
        if self._pool is not None:
            self._pool.close()
