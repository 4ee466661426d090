"""What a mutant is: a real plugin with one fault, such as authors make, that the suite must find."""

from collections.abc import Callable

import pytest
from attrs import field, frozen

Seed = Callable[[pytest.MonkeyPatch], None]
"""Puts the fault into the plugin's own code, until the patch is undone."""


@frozen
class Mutant:
    """A plugin with a fault.

    Attributes:
        name: by which it is told from others.
        breaks: what goes wrong for a user, in a sentence.
        check: the check that must find it; ``""`` where it is known that none does.
        apply: seeds the fault.
    """

    name: str
    breaks: str
    check: str
    apply: Seed = field(eq=False, repr=False)


def mutant(check: str) -> Callable[[Seed], Mutant]:
    """Make a function that seeds a fault a mutant: it has the function's name, and breaks what its docstring says.

    Args:
        check: as of :class:`Mutant`.
    """
    return lambda seed: Mutant(seed.__name__.replace("_", "-"), " ".join((seed.__doc__ or "").split()), check, seed)
