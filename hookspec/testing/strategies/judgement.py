"""What a stack says of a cluster: its complaints, however it makes them."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from serai.hookspec.configs import ValidationError
from serai.hookspec.errors import SeraiError, ValidationFailed
from serai.hookspec.testing.strategies.draft import Draft
from serai.hookspec.testing.strategies.offer import Offer, Same

CRASHED: Final = "PLUGIN_CRASHED"
"""Code of a complaint that is none: something other than an error of Serai was raised."""

_REMEMBERED: Final = 4096
"""How many answers about clusters without values are kept: the same few come again and again."""

_NUMBER: Final = re.compile(r"\d+")


def judged(offer: Offer, draft: Draft, names: tuple[str, ...] = ()) -> tuple[ValidationError, ...]:
    """What a stack has against the cluster of a draft; empty when it accepts it.

    Asked as the engine does: what is recommended first.

    Args:
        offer: the stack.
        draft: the cluster's.
        names: as of :meth:`Draft.cluster`.
    """

    if draft.settings:
        return _judged(offer, draft, names)
    return _remembered(Same(offer), draft, names)


def _judged(offer: Offer, draft: Draft, names: tuple[str, ...]) -> tuple[ValidationError, ...]:
    def ask() -> Sequence[ValidationError]:
        offer.validate(draft.cluster(offer, names))
        return ()

    return complaints(ask)


@lru_cache(maxsize=_REMEMBERED)
def _remembered(same: Same, draft: Draft, names: tuple[str, ...]) -> tuple[ValidationError, ...]:
    return _judged(same.it, draft, names)


def is_sound(offer: Offer, draft: Draft, names: tuple[str, ...] = ()) -> bool:
    """Whether a stack accepts the cluster of a draft; arguments as of :func:`judged`."""
    return not judged(offer, draft, names)


def complaints(ask: Callable[[], Sequence[ValidationError]]) -> tuple[ValidationError, ...]:
    """The validation errors that a question gives, whether they are returned or raised."""
    try:
        return tuple(ask())
    except Exception as error:  # noqa: BLE001 - whatever a plugin does with a cluster nobody thought of
        return _of(error)


def _of(error: Exception) -> tuple[ValidationError, ...]:
    if isinstance(error, ValidationFailed):
        return error.errors
    if isinstance(error, SeraiError):
        return (ValidationError(None, error.message, error.place, error.code, error.hint),)
    if isinstance(error, ExceptionGroup):
        return tuple(found for inner in error.exceptions for found in _of(inner))
    return (ValidationError(None, f"{type(error).__name__}: {error}", "", CRASHED),)


def kind_of(found: Sequence[ValidationError]) -> frozenset[tuple[str, str]]:
    """Which rules complaints are about, whatever the numbers are."""
    return frozenset((each.code, _NUMBER.sub("#", each.error_message)) for each in found)


def names_in(found: Sequence[ValidationError], names: Sequence[str]) -> set[str]:
    """Those of some names that complaints mention."""
    text = " ".join(f"{each.error_message} {each.hint} {each.code}" for each in found).lower()
    return {name for name in names if name.lower() in text}
