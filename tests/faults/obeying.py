"""An engine process that does what it is told, one JSON object a line, and is killed and stopped meanwhile.

Run as a program: ``python -m faults.obeying URL ROOT LEASE``. It answers each order with the id of the operation that
began, with the code of the error that said why none did, or with nothing where there was nothing to do.
"""

import json
import sys
from pathlib import Path
from typing import Any

from faults.dying import enter
from faults.sleepers import plugins, sleepers
from serai.engine import ClusterSpec, Engine
from serai.hookspec.errors import SeraiError


def main(url: str, root: str, lease: str) -> None:
    """Carry out the orders of standard input, until it ends."""
    enter(root)
    with Engine.open(url, plugins=plugins(Path(root, "made")), lease=float(lease)) as engine:
        _tell({"ready": True})
        for line in sys.stdin:
            _tell(_answer(engine, **json.loads(line)))


def _answer(engine: Engine, act: str, name: str, count: int) -> dict[str, str]:
    try:
        if act == "apply":
            return _applied(engine, sleepers(name, count, nap=1000 + count))
        return {"operation": _begun(engine, act, name, count).id}
    except SeraiError as error:
        return {"refused": error.code}


def _applied(engine: Engine, spec: ClusterSpec) -> dict[str, str]:
    plan = engine.clusters.plan_changes(spec)
    return {} if plan.is_empty else {"operation": engine.clusters.apply(spec, plan).id}


def _begun(engine: Engine, act: str, name: str, count: int) -> Any:
    match act:
        case "create":
            return engine.clusters.create(sleepers(name, count))
        case "scale":
            return engine.clusters.scale(name, {"beds": count})
        case "retry":
            return engine.clusters.retry(name)
        case "cancel":
            return engine.clusters.cancel(name)
        case _:
            return engine.clusters.delete(name)


def _tell(what: dict[str, Any]) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
