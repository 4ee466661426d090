"""What was sent with a call, then and now."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

_DIGEST: Final = frozenset({"sha256", "size"})


def differences(recorded: Any, now: Any, path: str = "") -> Iterator[str]:
    """What differs between JSON data that was recorded and other such data, a line each.

    Of what was a secret then there is no digest, and that of now does not matter.

    Args:
        recorded: what is in the transcript.
        now: the same of now.
        path: where it stands.
    """
    if isinstance(recorded, Mapping) and isinstance(now, Mapping):
        ignored = _DIGEST | {"secret"} if "secret" in recorded else frozenset()
        for name in sorted({*recorded, *now} - ignored):
            inside = f"{path}.{name}" if path else name
            yield from differences(recorded.get(name), now.get(name), inside)
    elif isinstance(recorded, list) and isinstance(now, list) and len(recorded) == len(now):
        for index, (old, new) in enumerate(zip(recorded, now, strict=True)):
            yield from differences(old, new, f"{path}[{index}]")
    elif recorded != now:
        yield f"{path}: {recorded!r} became {now!r}"
