"""The command plugins: what is installed, and what each plugin offers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from serai.engine.cli import arguments, plugin_views
from serai.engine.cli.blocks import Block
from serai.engine.cli.documents import document_of
from serai.engine.cli.options import SeraiCommand, with_session
from serai.engine.cli.plugin_views import PluginOffer, PluginSummary
from serai.engine.cli.session import Session
from serai.hookspec.errors import SeraiError
from serai.hookspec.semantics import Role

if TYPE_CHECKING:
    from serai.engine.listing import PluginInfo, PluginInfos, Plugins


@click.command(cls=SeraiCommand)
@click.argument("name", required=False)
@click.argument("version", required=False)
@click.option("--with", "auxiliaries", default="", metavar="NAME,NAME", help="Together with these auxiliary plugins.")
@click.option("--all", "every_config", is_flag=True, help="All configs, however many there are.")
@with_session
def plugins(session: Session, name: str | None, version: str | None, auxiliaries: str, every_config: bool) -> None:
    """List the plugins, or show one.

    With NAME, its versions and the hooks it has; with VERSION, what that version offers: configs, processes, the ports
    they open by default, types of jobs. With auxiliary plugins and no VERSION it is the newest.
    """
    infos = session.engine.plugins
    if name is None:
        summaries = list(_summaries(infos))
        session.answer(lambda: [summary.to_dict() for summary in summaries], lambda: plugin_views.listing(summaries))
        return
    plugin, together = _found(infos, name), arguments.names(auxiliaries)
    summary, capabilities = _summary(plugin), plugin.capabilities
    if version is None and together and summary.versions:
        version = summary.versions[0]
    offered = None if version is None else _offer(plugin, version, together)

    def blocks() -> Iterator[Block]:
        yield from plugin_views.overview(summary, capabilities)
        if offered is not None:
            yield from plugin_views.offer(offered, every_config=every_config)

    def document() -> dict[str, Any]:
        offer = {} if offered is None else {"version": version, **document_of(offered)}
        return {**summary.to_dict(), "capabilities": capabilities, **offer}

    session.answer(document, blocks)


def _rosters(infos: "Plugins") -> "Mapping[Role, PluginInfos]":
    return {
        Role.PROVISIONING: infos,
        Role.AUXILIARY: infos.auxiliary,
        Role.INFRASTRUCTURE: infos.infrastructure,
        Role.LISTENER: infos.listener,
    }


def _found(infos: "Plugins", name: str) -> "PluginInfo":
    """The plugin of that name: a provisioning one first.

    Raises:
        PluginNotFound: there is none in any role; the error is that of the provisioning ones.
    """
    roster = next((roster for roster in _rosters(infos).values() if name in roster), infos)
    return roster[name]


def _summaries(infos: "Plugins") -> Iterator[PluginSummary]:
    faults = infos.quarantine()
    for role, roster in _rosters(infos).items():
        yield from (_summary(roster[name]) for name in roster if f"{role}:{name}" not in faults)
    for key, fault in faults.items():
        told_role, _, name = key.partition(":")
        yield PluginSummary(name, told_role, fault=fault)


def _summary(plugin: "PluginInfo") -> PluginSummary:
    distribution = f"{plugin.distribution} {plugin.distribution_version}".strip()
    try:
        return PluginSummary(plugin.name, plugin.role, distribution, plugin.versions, plugin.labels)
    except SeraiError as error:  # it loads, and cannot tell its versions or labels
        return PluginSummary(plugin.name, plugin.role, distribution, fault=error)


def _offer(plugin: "PluginInfo", version: str, auxiliaries: Sequence[str]) -> PluginOffer:
    return PluginOffer(
        configs=tuple(plugin.configs(version, auxiliaries)),
        node_processes=plugin.node_processes(version, auxiliaries),
        open_ports=plugin.open_ports(version, auxiliaries),
        image_tags=plugin.image_tags(version, auxiliaries),
        job_types=plugin.job_types(version, auxiliaries),
    )
