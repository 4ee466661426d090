"""Taking hosts for a cluster: each is claimed in the store first, then on the host itself."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from attrs import define, field

from serai.builtin_plugins.infrastructure.ssh.choice import choose
from serai.builtin_plugins.infrastructure.ssh.claim_file import occupy
from serai.builtin_plugins.infrastructure.ssh.holding import Holding
from serai.builtin_plugins.infrastructure.ssh.inventory import InventoryHost
from serai.builtin_plugins.infrastructure.ssh.ledger import Ledger
from serai.builtin_plugins.infrastructure.ssh.names import internal_ip
from serai.builtin_plugins.infrastructure.ssh.paths import cluster_directories
from serai.builtin_plugins.infrastructure.ssh.shortage import refusal
from serai.builtin_plugins.infrastructure.ssh.situation import Situation
from serai.builtin_plugins.infrastructure.ssh.survey import SILENT
from serai.hookspec.access import Access, Claim
from serai.hookspec.cluster import Cluster
from serai.hookspec.errors import HostKeyRefused, HostsFailed, SeraiError, Unreachable
from serai.hookspec.infrastructure import MachineRequest

_TAKEN: Final = "MACHINE_TAKEN"


def take_hosts(
    cluster: Cluster, requests: Sequence[MachineRequest], hosts: Sequence[InventoryHost], access: Access
) -> list[Claim]:
    """Have a host for each request; a request whose token has one keeps it.

    Where somebody else is faster, another host is tried. One that does not answer is put up with where its node group
    can spare it.

    Args:
        cluster: the cluster.
        requests: what is wanted.
        hosts: those of the inventory.
        access: what the engine lends.

    Returns:
        A claim for each request, in their order.

    Raises:
        SeraiError: there are not enough hosts (code NOT_ENOUGH_HOSTS).
        HostsFailed: some could not be claimed; the claims on the others stay.
        HostKeyRefused: one could not prove who it is.
    """
    taking = _Taking(cluster, requests, hosts, access)
    taking.recall()
    while len(taking.settled) < len(requests):
        taking.claim()
        taking.occupy()
    return [taking.claims[request.client_token] for request in requests]


@define(eq=False)
class _Taking:
    """The work, as far as it is.

    Attributes:
        claims: what is claimed in the store, by token.
        settled: the tokens whose host is claimed on the host too, or is put up with.
        fresh: the tokens that were given their host by this work.
        lost: hosts that others were faster to take, with who it was.
    """

    cluster: Cluster
    requests: Sequence[MachineRequest]
    hosts: Sequence[InventoryHost]
    access: Access
    claims: dict[str, Claim] = field(factory=dict)
    settled: set[str] = field(factory=set)
    fresh: set[str] = field(factory=set)
    lost: dict[str, str] = field(factory=dict)

    def recall(self) -> None:
        """Begin with what an earlier attempt has claimed, but for the hosts that did not answer it at all."""
        tokens = {request.client_token for request in self.requests}
        for claim in self.access.claims.all().values():
            if claim.token in tokens and claim.cluster_id == self.cluster.id:
                if Holding.of(claim.info).untouched:
                    self.access.claims.release(claim.machine_id)
                else:
                    self.claims[claim.token] = claim

    def claim(self) -> None:
        """Choose a host for each request without one, and claim it in the store."""
        lacking = [request for request in self.requests if request.client_token not in self.claims]
        if not lacking:
            return
        situation = Situation.now(self.cluster, self.hosts, self.access, self.lost)
        choice = choose(situation, Counter(request.node_group for request in lacking))
        if choice.errors:
            raise refusal(choice.errors)
        chosen = {group: iter(hosts) for group, hosts in choice.hosts.items()}
        for request in lacking:
            self._claim(request, next(chosen[request.node_group]), situation)

    def _claim(self, request: MachineRequest, host: InventoryHost, situation: Situation) -> None:
        token, holding = request.client_token, new_holding(request, host, situation)
        try:
            self.claims[token] = self.access.claims.take(host.name, token, self.cluster, holding.info)
        except SeraiError as error:
            if error.code != _TAKEN:
                raise
            self.lost[host.name] = error.message
            return
        self.fresh.add(token)
        if holding.untouched:
            self.settled.add(token)

    def occupy(self) -> None:
        """Claim on the hosts what is claimed in the store."""
        claims = {
            Holding.of(claim.info).name: claim for token, claim in self.claims.items() if token not in self.settled
        }
        failures: dict[str, SeraiError] = {}
        for name, outcome in occupy(self.cluster, claims.values(), self.access).items():
            claim = claims[name]
            if outcome is None:
                self._settle(claim, Holding.of(claim.info).out_of_use("", untouched=False))
            elif isinstance(outcome, SeraiError):
                if not self._put_up_with(claim, outcome):
                    failures[f"{name} on {claim.machine_id}"] = outcome
            else:
                self.lost[claim.machine_id] = f"{outcome} has it"
                self._let_go(claim)
        self._raise_for(failures)

    def _put_up_with(self, claim: Claim, error: SeraiError) -> bool:
        """Do without a host that does not answer, if its node group can; whether it can."""
        holding = Holding.of(claim.info)
        untouched = isinstance(error, Unreachable) and claim.token in self.fresh
        ledger = Ledger(self.cluster, self.access.claims.all())
        if isinstance(error, SILENT) and ledger.spare(self.cluster.node_group(holding.node_group)) > 0:
            self._settle(claim, holding.out_of_use(f"cannot be reached: {error.message}", untouched=untouched))
            return True
        if untouched:
            self._let_go(claim)
        return False

    def _settle(self, claim: Claim, holding: Holding) -> None:
        if holding.info != claim.info:
            claim = self.access.claims.take(claim.machine_id, claim.token, self.cluster, holding.info)
        self.claims[claim.token] = claim
        self.settled.add(claim.token)

    def _let_go(self, claim: Claim) -> None:
        self.access.claims.release(claim.machine_id)
        del self.claims[claim.token]

    def _raise_for(self, failures: Mapping[str, SeraiError]) -> None:
        for failure in failures.values():
            if isinstance(failure, HostKeyRefused):
                raise failure
        if failures:
            raise HostsFailed("claim hosts", failures)


def new_holding(request: MachineRequest, host: InventoryHost, situation: Situation) -> Holding:
    """What is kept with the claim on a host that a cluster gets.

    Args:
        request: what it is for.
        host: the host.
        situation: what was found on it and on the others.
    """
    survey = situation.survey
    findings = survey.findings(host.name)
    holding = Holding(
        name=request.name,
        node_group=request.node_group,
        address=host.address,
        user=host.user,
        port=host.port,
        identity_file=host.identity_file,
        config_file=host.config_file,
        host_keys=host.host_keys,
        rack=host.rack,
        root=situation.wishes[request.node_group].root,
    )
    if findings is None:
        return holding.out_of_use(survey.silence(host.name), untouched=True)
    prefix, volumes = cluster_directories(host, findings.facts, situation.cluster.name)
    return holding.found(findings, internal_ip=internal_ip(host, survey.answers), prefix=prefix, volumes=volumes)
