"""How hosts with JupyterLab answer, for the conformance suite."""

import json
from typing import Final

from hypothesis import strategies as st

from serai.contrib.jupyter.server import NAME
from serai.contrib.jupyter.settings import JUPYTER, TOKEN
from serai.hookspec.testing.conformance import Testing
from serai.hookspec.testing.fleet import Fleet


def join(fleet: Fleet) -> None:
    """Have JupyterLab answer on hosts that others' processes run on."""
    fleet.serve(NAME, lambda host, service, asked: json.dumps({"kernels": 0, "connections": 0}))


TESTING: Final = Testing(
    join=join,
    keeps_nothing=True,
    monotone=(JUPYTER,),
    values={TOKEN.key: st.from_regex(r"[a-z0-9]{16}", fullmatch=True)},
)
