"""Statements on claims, within a transaction of the caller's: no machine of a provider has two, no token either."""

from attrs import evolve
from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from serai.engine.store.tables import claims
from serai.hookspec.access import Claim
from serai.hookspec.errors import SeraiError

_NAMES = tuple(column.name for column in claims.columns if column is not claims.c.provider)


def take(connection: Connection, provider: str, claim: Claim) -> Claim:
    """Insert a claim; one that its token has already is kept, its ``info`` replaced.

    Raises:
        SeraiError: another token has the machine (code MACHINE_TAKEN), or the token another machine (TOKEN_TAKEN).
    """
    mine = claims.c.provider == provider
    holder = _first(connection, mine, claims.c.machine_id == claim.machine_id)
    if holder is not None and holder.token != claim.token:
        raise _machine_taken(holder)
    held = _first(connection, mine, claims.c.token == claim.token)
    if held is not None and held.machine_id != claim.machine_id:
        raise _token_taken(held, claim)
    if held is not None:
        connection.execute(update(claims).where(mine, claims.c.token == claim.token).values(info=claim.info))
        return evolve(held, info=claim.info)
    connection.execute(insert(claims).values(provider=provider, **{name: getattr(claim, name) for name in _NAMES}))
    return claim


def release(connection: Connection, provider: str, machine_id: str, token: str | None) -> None:
    """Delete a claim, of that token if one is given; one that is not there is no error."""
    ended = delete(claims).where(claims.c.provider == provider, claims.c.machine_id == machine_id)
    connection.execute(ended if token is None else ended.where(claims.c.token == token))


def some(connection: Connection, provider: str) -> list[Claim]:
    """The claims of a provider, by machine."""
    return _found(connection, claims.c.provider == provider)


def _found(connection: Connection, *conditions: ColumnElement[bool]) -> list[Claim]:
    query = select(*(claims.c[name] for name in _NAMES)).where(*conditions).order_by(claims.c.machine_id)
    return [Claim(**row._mapping) for row in connection.execute(query)]


def _first(connection: Connection, *conditions: ColumnElement[bool]) -> Claim | None:
    return next(iter(_found(connection, *conditions)), None)


def _machine_taken(holder: Claim) -> SeraiError:
    return SeraiError(
        f"{holder.machine_id} is claimed by cluster {holder.cluster_name} since {holder.since:%Y-%m-%d %H:%M:%S} UTC",
        code="MACHINE_TAKEN",
        place=holder.machine_id,
        hint="choose another machine, or end that cluster first",
        details={"cluster": holder.cluster_name, "cluster_id": holder.cluster_id, "since": holder.since.isoformat()},
    )


def _token_taken(held: Claim, wanted: Claim) -> SeraiError:
    return SeraiError(
        f"the token that {wanted.machine_id} is to be claimed with has {held.machine_id} already",
        code="TOKEN_TAKEN",
        place=wanted.machine_id,
        hint="a token is for one machine: release the other one first",
        details={"machine": held.machine_id, "cluster": held.cluster_name},
    )
