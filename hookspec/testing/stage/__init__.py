"""A stage: what an engine does with the hooks of plugins, played without one, on hosts in memory.

stage = Stage({"mine": MyPlugin()}, Fleet(clock=VirtualClock()))
cluster = stage.cluster({"workers": (["worker"], 2), "master": (["master"], 1)})
stage.create(cluster)
assert stage.fleet.host("demo-master-1").processes.listeners == {7077: "mine-master"}
"""

from serai.hookspec.testing.stage.hooks import HookCalled, Hooks
from serai.hookspec.testing.stage.run import StageRun
from serai.hookspec.testing.stage.stage import Stage

__all__ = ["HookCalled", "Hooks", "Stage", "StageRun"]
