"""Telling Prometheus whom to scrape, and waiting until it has."""

from collections.abc import Iterable
from typing import Final

from serai.contrib.prometheus.daemons import SERVICE_NAMES, config_path, server_service
from serai.contrib.prometheus.programs import SERVER, root_of
from serai.contrib.prometheus.server import Condition, Seen, ask_targets, server_instance
from serai.contrib.prometheus.settings import PROMETHEUS, Settings
from serai.contrib.prometheus.targets import Target, server_config, targets
from serai.hookspec.errors import RemoteError
from serai.hookspec.objects import Cluster, Instance
from serai.hookspec.run import Run

_ANSWER_WITHIN: Final = 10.0


def scrape(cluster: Cluster, instances: Iterable[Instance], run: Run) -> list[Target]:
    """Have Prometheus run and scrape what some instances tell, and nothing else.

    It is not restarted for that, unless it is to run with other arguments.

    Args:
        cluster: the cluster; its server is configured.
        instances: the cluster's, but those that leave.
        run: the operation.

    Returns:
        What is scraped from now on.
    """
    scraped = targets(cluster, instances)

    def apply(server: Instance) -> None:
        server.remote.put({config_path(server): server_config(cluster, scraped)})
        # Also when nothing was written: whoever wrote it before may have died before Prometheus read it.
        if not server.remote.services.start(server_service(server, root_of(server, SERVER, run))):
            server.remote.services.signal(SERVICE_NAMES[PROMETHEUS], "HUP")

    run.each([server_instance(cluster)], apply, step="Tell Prometheus whom to scrape")
    return scraped


def wait_until_up(cluster: Cluster, scraped: Iterable[Target], run: Run) -> None:
    """Wait until Prometheus itself says that it scrapes exactly these targets, and finds each of them up.

    Args:
        cluster: the cluster.
        scraped: the targets.
        run: the operation.

    Raises:
        DeadlineExceeded: it does not; with the targets at fault, and why.
    """
    wanted, values = {target.url: target for target in scraped}, Settings.of(cluster)

    def probe() -> bool:
        return _nothing_of(faults(wanted, ask_targets(cluster, timeout=_ANSWER_WITHIN)))

    with run.step("Wait until Prometheus has seen its targets"):
        run.wait_until(
            probe,
            what=f"Prometheus to find its {len(wanted)} targets up",
            timeout=values.start_timeout + 2 * values.scrape_interval,
            interval=0.5,
        )


def wait_until_left(cluster: Cluster, scraped: Iterable[Target], run: Run) -> None:
    """Wait until Prometheus scrapes nothing but these targets. Arguments and errors as above."""
    wanted = {target.url for target in scraped}

    def probe() -> bool:
        seen = ask_targets(cluster, timeout=_ANSWER_WITHIN)
        return _nothing_of([f"{url} is still scraped" for url in seen if url not in wanted])

    run.wait_until(
        probe, what="Prometheus to let go of what leaves", timeout=Settings.of(cluster).start_timeout, interval=0.2
    )


def faults(wanted: dict[str, Target], seen: dict[str, Seen]) -> list[str]:
    """What is wrong with what Prometheus scrapes, by instance and kind.

    Args:
        wanted: the targets there are, by URL.
        seen: those that Prometheus tells, by URL.
    """
    told = [
        f"{target.job} of {target.instance} {_how(seen.get(url))}"
        for url, target in wanted.items()
        if url not in seen or seen[url].condition is not Condition.UP
    ]
    return [*told, *(f"{url} is not the cluster's" for url in seen if url not in wanted)]


def _how(seen: Seen | None) -> str:
    if seen is None:
        return "is not scraped"
    return f"is {seen.condition}: {seen.error}" if seen.error else f"is {seen.condition}"


def _nothing_of(problems: list[str]) -> bool:
    """True when there are none; else not yet, and why: a wait that ends tells the last reason."""
    if problems:
        raise RemoteError("; ".join(problems), code="TARGETS_NOT_UP")
    return True
