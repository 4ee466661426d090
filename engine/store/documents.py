"""Between objects and what the tables hold of them: text, with its secrets sealed."""

from typing import Any

from attrs import evolve

from serai.engine.serialization import make_converter
from serai.engine.store.records import OperationRecord
from serai.engine.store.vault import Vault
from serai.hookspec.access import Claim
from serai.hookspec.cluster import Cluster
from serai.hookspec.edp import JobExecution


class Documents:
    """Writes and reads the documents of one store.

    Args:
        vault: what seals its secrets.
    """

    def __init__(self, vault: Vault) -> None:
        self._converter = make_converter(secrets=vault)

    def of_cluster(self, cluster: Cluster) -> str:
        """A cluster as text."""
        return self._converter.to_json(cluster)

    def cluster(self, document: str) -> Cluster:
        """The cluster of a text."""
        return self._converter.from_json(document, Cluster)

    def of_job(self, execution: JobExecution) -> str:
        """A job as text."""
        return self._converter.to_json(execution)

    def job(self, document: str) -> JobExecution:
        """The job of a text."""
        return self._converter.from_json(document, JobExecution)

    def sealed(self, record: OperationRecord) -> OperationRecord:
        """An operation whose request and state are JSON-compatible, the secrets in them sealed."""
        written = self._converter.unstructure(evolve(record, error=None))
        return evolve(record, request=written["request"], state=written["state"])

    def opened(self, record: OperationRecord) -> OperationRecord:
        """The inverse of :meth:`sealed`."""
        kind = dict[str, Any]
        return evolve(
            record,
            request=self._converter.structure(record.request, kind),
            state=self._converter.structure(record.state, kind),
        )

    def sealed_claim(self, claim: Claim) -> Claim:
        """A claim whose info is JSON-compatible, the secrets in it sealed."""
        return evolve(claim, info=self._converter.unstructure(claim)["info"])

    def opened_claim(self, claim: Claim) -> Claim:
        """The inverse of :meth:`sealed_claim`."""
        return evolve(claim, info=self._converter.structure(claim.info, dict[str, Any]))
