"""What can go wrong, in one shape: a stable code, a place, a cause and the next action.

Every error of Serai is a :class:`SeraiError`. A plugin raises one of these, or a subclass of its own with its
own ``code``; what else escapes from a plugin is wrapped in :class:`PluginFailed`, so that a host service has
one family to catch.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from attrs import frozen

if TYPE_CHECKING:
    from serai.hookspec.configs import ValidationError


@frozen
class Origin:
    """Which plugin an error came out of.

    Attributes:
        plugin: the plugin's name, as in its entry point.
        distribution: the package that ships it, or ``""`` when it was passed in as an object.
        version: that package's version.
        hook: the hook that was being called.
    """

    plugin: str
    distribution: str = ""
    version: str = ""
    hook: str = ""

    def __str__(self) -> str:
        package = f" ({self.distribution} {self.version})" if self.distribution else ""
        hook = f" in {self.hook}" if self.hook else ""
        return f"plugin {self.plugin!r}{package}{hook}"


class SeraiError(Exception):
    """Base of all errors.

    Args:
        message: what is wrong, for a person.
        code: stable identifier in capitals; the class's own when left out.
        place: where: a path in the document, a host, a step.
        hint: what to do next.
        details: further facts (exit status, last lines of output…), JSON-compatible and free of secrets.
    """

    code: ClassVar[str] = "SERAI_ERROR"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        place: str = "",
        hint: str = "",
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code  # type: ignore[misc]  # an instance may be more specific than its class
        self.place = place
        self.hint = hint
        self.details: dict[str, Any] = dict(details or {})
        self.origin: Origin | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args, self.__dict__)

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        return f"{place}{self.message}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {{code={self.code!r}, message={self.message!r} }}>"

    def to_dict(self) -> dict[str, Any]:
        """The error as JSON-compatible data; empty fields are left out."""
        origin = {
            key: value
            for key in ("plugin", "distribution", "version", "hook")
            if self.origin is not None and (value := getattr(self.origin, key))
        }
        data = {
            "code": self.code,
            "message": self.message,
            "place": self.place,
            "hint": self.hint,
            "origin": origin,
            "details": self.details,
        }
        return {key: value for key, value in data.items() if value}


def _rebuild(cls: type[SeraiError], args: tuple[Any, ...], state: dict[str, Any]) -> SeraiError:
    """Unpickle without running ``__init__``: subclasses are free to build their message from other arguments."""
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class NotFound(SeraiError):
    """Something was asked for by a name that nothing has."""

    code = "NOT_FOUND"


class Unsupported(SeraiError):
    """The plugin or provider does not offer what was asked."""

    code = "UNSUPPORTED"


class ClusterBusy(SeraiError):
    """Another operation is at work on the cluster."""

    code = "CLUSTER_BUSY"


class WrongStatus(SeraiError):
    """The cluster or job is in a status that does not allow this."""

    code = "WRONG_STATUS"


class InvalidCluster(SeraiError):
    """One thing is wrong with a cluster: what ``validate`` and ``validate_scaling`` raise.

    ``config`` names the config at fault, where there is one. To report several things at once raise
    :class:`ValidationFailed`.
    """

    code = "INVALID_CLUSTER"


class ValidationFailed(SeraiError):
    """Everything that is wrong with a document or a cluster, at once."""

    code = "VALIDATION_FAILED"

    def __init__(self, errors: "Sequence[ValidationError]", *, what: str = "the cluster") -> None:
        self.errors: tuple[ValidationError, ...] = tuple(errors)
        count = len(self.errors)
        lines = "".join(f"\n  {error}" for error in self.errors)
        super().__init__(f"{count} error{'' if count == 1 else 's'} in {what}{lines}")

    def to_dict(self) -> dict[str, Any]:
        headline = self.message.partition("\n")[0]
        return {**super().to_dict(), "message": headline, "errors": [error.to_dict() for error in self.errors]}


class PluginNotFound(NotFound):
    """No installed plugin has that name, or it was blocked or quarantined."""

    code = "PLUGIN_NOT_FOUND"


class PluginRejected(SeraiError):
    """A plugin was found and breaks the contract; every fault is listed in ``details["faults"]``."""

    code = "PLUGIN_REJECTED"


class PluginConflict(SeraiError):
    """Two plugins of one stack declare the same thing."""

    code = "PLUGIN_CONFLICT"


class InvalidResult(SeraiError):
    """A hook returned something that its declaration does not allow."""

    code = "INVALID_RESULT"


class PluginFailed(SeraiError):
    """A plugin raised something that is not a :class:`SeraiError`; that exception is the ``__cause__``."""

    code = "PLUGIN_FAILED"


class RemoteError(SeraiError):
    """Something did not work on a machine; ``host`` tells which."""

    code = "REMOTE_ERROR"

    def __init__(self, message: str, *, host: str = "", **rest: Any) -> None:
        super().__init__(message, place=rest.pop("place", host), **rest)
        self.host = host


class CommandFailed(RemoteError):
    """A command ended with a status other than 0. ``details`` has argv (masked), status and the last lines."""

    code = "REMOTE_COMMAND_FAILED"


class DeadlineExceeded(RemoteError):
    """A limit passed: of a command, a probe, a step or a host. The message names it and its seconds."""

    code = "TIMEOUT"


class Unreachable(RemoteError):
    """No connection to a machine could be made: nothing was done on it."""

    code = "HOST_UNREACHABLE"


class ConnectionLost(RemoteError):
    """The connection to a machine broke while something ran there; whether that went on is not known."""

    code = "CONNECTION_LOST"


class RootRefused(RemoteError):
    """Something was to be done as root, and may not be."""

    code = "ROOT_REFUSED"


class HostKeyRefused(SeraiError):
    """A machine could not prove who it is. No :class:`RemoteError`, since waiting or doing without it is no answer."""

    code = "HOST_KEY_REFUSED"

    def __init__(self, message: str, *, host: str = "", **rest: Any) -> None:
        super().__init__(message, place=rest.pop("place", host), **rest)
        self.host = host


class ServiceFailed(RemoteError):
    """A service did not start, or ended by itself. ``details["log"]`` is the tail of its own log."""

    code = "SERVICE_FAILED"


class ArtifactError(SeraiError):
    """An artifact could not be had, or is not what it should be."""

    code = "ARTIFACT_ERROR"


class HostsFailed(SeraiError):
    """A step failed on some hosts; every failure is kept in ``failures``, by host. The message tells the first few."""

    code = "HOSTS_FAILED"

    def __init__(self, step: str, failures: "Mapping[str, BaseException]") -> None:
        self.failures: dict[str, BaseException] = dict(failures)
        told = list(self.failures.items())[:_HOSTS_TOLD]
        lines = "".join(f"\n  {host}: {briefly(failure)}" for host, failure in told)
        more = len(self.failures) - len(told)
        many = f"{len(self.failures)} host{'' if len(self.failures) == 1 else 's'}"
        super().__init__(
            f"{step} failed on {many}:{lines}" + (f"\n  and {more} more" if more else ""),
            place=step,
            details={"hosts": {host: _failure_data(failure) for host, failure in self.failures.items()}},
        )


class OperationCancelled(SeraiError):
    """The operation was asked to stop."""

    code = "CANCELLED"


class LeaseLost(OperationCancelled):
    """Another engine goes on with the operation, or has ended it: whoever is told this touches nothing any more."""

    code = "LEASE_LOST"


_HOSTS_TOLD = 10
"""Hosts fail alike, mostly: a message with a thousand of them tells no more than one with ten."""


def briefly(failure: BaseException) -> str:
    """An error as its code and message: for lists of them, events and notes; the rest of it is told elsewhere."""
    if isinstance(failure, SeraiError):
        return f"[{failure.code}] {failure.message}"
    return f"{type(failure).__name__}: {failure}"


def _failure_data(failure: BaseException) -> dict[str, Any]:
    if isinstance(failure, SeraiError):
        return failure.to_dict()
    return {"code": "INTERNAL_ERROR", "message": briefly(failure)}
