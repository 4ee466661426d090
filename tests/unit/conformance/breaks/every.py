"""Every broken plugin: what makes one of a sound plugin, and the check that finds it."""

from unit.conformance.breaks import (
    conduct,
    configs,
    declaration,
    draining,
    failing,
    listening,
    provisioning,
    scaling,
    secrecy,
    validating,
)

BREAKS = [
    *declaration.BREAKS,
    *configs.BREAKS,
    *validating.BREAKS,
    *provisioning.BREAKS,
    *listening.BREAKS,
    *failing.BREAKS,
    *conduct.BREAKS,
    *scaling.BREAKS,
    *draining.BREAKS,
    *secrecy.BREAKS,
]
