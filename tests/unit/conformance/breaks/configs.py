"""What authors get wrong: configs."""

from unit.conformance.breaks.parts import impl, with_config

from serai.hookspec.configs import Recommendation


def a_process_without_a_name(sound):
    return {"services": {"Sound": ["chief", "hand"], "Other": [" "]}}


def recommends_too_much(sound):
    return {"recommend_configs": impl(lambda self, cluster: [Recommendation("service:Sound", "Mode", "slow")])}


def recommends_what_is_left(sound):
    def recommend_configs(self, cluster):
        groups = [group for group in cluster.groups_with("hand") if group.facts]
        return [Recommendation("service:Sound", "Size", group.facts.memory_mb - 1024, group.name) for group in groups]

    return {"recommend_configs": impl(recommend_configs)}


BREAKS = [
    (with_config(description=""), "configs"),
    (with_config(name="Port"), "configs"),
    (a_process_without_a_name, "processes"),
    (with_config(default_value=7), "config-defaults"),
    (with_config(config_values=["a"]), "config-choices"),
    (with_config(config_type="integer", minimum=3, maximum=2), "config-bounds"),
    (with_config(applicable_target="service:Other"), "config-targets"),
    (with_config(update_processes=["foot"]), "config-targets"),
    (with_config(update_policy="live"), "config-changes"),
    (recommends_too_much, "recommendations"),
    (recommends_what_is_left, "recommendations"),
]
"""Each with the check that finds it."""
