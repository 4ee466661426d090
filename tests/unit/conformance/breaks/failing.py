"""What authors get wrong: failing."""

from contextlib import suppress

from serai.hookspec.errors import RemoteError


def keeps_errors_to_itself(sound):
    def install(self, instance):
        with suppress(RemoteError):
            sound.install(self, instance)

    return {"install": install}


BREAKS = [
    (keeps_errors_to_itself, "failures-told"),
]
"""Each with the check that finds it."""
