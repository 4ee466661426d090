"""What an operation asked its provider for: kept, with a client token for each machine, before it is asked."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from serai.hookspec.infrastructure import MachineRequest

if TYPE_CHECKING:
    from serai.engine.store.records import OperationRecord

MADE: Final = "made"
WITHDRAWN: Final = "withdrawn"


class Intents:
    """The machines that an operation wants or wanted, in its record. What became of each is kept, as its name is used.

    Args:
        record: the operation.
    """

    def __init__(self, record: "OperationRecord") -> None:
        self._all: dict[str, dict[str, str]] = record.state.setdefault("requests", {})

    def want(self, node_group: str, names: Sequence[str]) -> None:
        """Want machines of these names; one that is wanted already keeps its token."""
        for name in names:
            self._all.setdefault(name, {"node_group": node_group, "client_token": uuid.uuid4().hex})

    def settle(self, names: Sequence[str], outcome: str) -> None:
        """Take note of what became of some: they are pending no more."""
        for name in names:
            self._all[name]["outcome"] = outcome

    def find(self, names: Iterable[str]) -> None:
        """Take note that machines of these names are known, wherever one was asked for."""
        wanted = {request.name for request in self.requests()}
        self.settle([name for name in names if name in wanted], MADE)

    def pending(self, node_group: str) -> list[str]:
        """The names in a node group for which no machine is known yet, the oldest first."""
        return [each.name for each in self.requests() if each.node_group == node_group]

    def requests(self) -> list[MachineRequest]:
        """What the provider is to be asked for, whether it was asked before or not."""
        return [pending for name, what in self._all.items() if (pending := pending_request(name, what)) is not None]

    def made(self) -> list[str]:
        """The names of the machines that were made."""
        return [name for name, what in self._all.items() if what.get("outcome") == MADE]


def pending_request(name: str, what: Mapping[str, Any]) -> MachineRequest | None:
    """An intent as the provider is asked for it; None when it is settled."""
    return None if "outcome" in what else MachineRequest(name, what["node_group"], what["client_token"])
