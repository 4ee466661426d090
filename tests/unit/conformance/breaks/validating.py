"""What authors get wrong: validating."""

import random

from unit.conformance.breaks.parts import impl

from serai.hookspec.errors import InvalidCluster


def validate_crashes_without_groups_of_hands(sound):
    def validate(self, cluster):
        next(iter(cluster.groups_with("hand"))).name.upper()
        sound.validate(self, cluster)

    return {"validate": impl(validate)}


def validate_by_chance(sound):
    draws = random.Random(1)

    def validate(self, cluster):
        if draws.random() < 0.5:
            raise InvalidCluster("not today", code="NOT_TODAY")
        sound.validate(self, cluster)

    return {"validate": impl(validate)}


def validate_by_the_first_group(sound):
    def validate(self, cluster):
        if len(cluster.node_groups) > 1 and "chief" not in cluster.node_groups[0].node_processes:
            raise InvalidCluster("the chief comes first", code="CHIEF_FIRST")
        sound.validate(self, cluster)

    return {"validate": impl(validate)}


def validate_looks_at_the_first_group_of_hands(sound):
    def validate(self, cluster):
        sound.validate(self, cluster)
        if not next(iter(cluster.groups_with("hand"))).count:
            raise InvalidCluster("a hand is wanted", code="NO_HAND")

    return {"validate": impl(validate)}


def validate_keeps_something(sound):
    def validate(self, cluster):
        cluster.extra["seen"] = True
        sound.validate(self, cluster)

    return {"validate": impl(validate)}


def refuses_everything(sound):
    def validate(self, cluster):
        raise InvalidCluster("no", code="NEVER")

    return {"validate": impl(validate)}


def wants_an_even_number(sound):
    def validate(self, cluster):
        sound.validate(self, cluster)
        if cluster.count_of("hand") not in (1, 2, 4):
            raise InvalidCluster("that number brings bad luck", code="BAD_LUCK")

    return {"validate": impl(validate)}


def refuses_to_stay_as_it_is(sound):
    def validate_scaling(self, cluster, existing):
        if not existing:
            raise InvalidCluster("nothing to do", code="NOTHING_TO_DO")
        return sound.validate_scaling(self, cluster, existing)

    return {"validate_scaling": impl(validate_scaling)}


def exits(sound):
    def validate(self, cluster):
        if not cluster.count_of("hand"):
            raise SystemExit("a hand is wanted")
        sound.validate(self, cluster)

    return {"validate": impl(validate)}


BREAKS = [
    (validate_crashes_without_groups_of_hands, "validate-refuses"),
    (exits, "validate-refuses"),
    (validate_by_chance, "validate-deterministic"),
    (validate_by_the_first_group, "validate-order"),
    (validate_looks_at_the_first_group_of_hands, "validate-order"),
    (validate_keeps_something, "validate-untouched"),
    (refuses_everything, "examples"),
    (wants_an_even_number, "validate-monotone"),
    (refuses_to_stay_as_it_is, "validate-scaling"),
]
"""Each with the check that finds it."""
