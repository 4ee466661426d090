"""Properties as lines of text: a name, white space and a value."""

from attrs import field, frozen


@frozen
class ExtraProperty:
    """One property.

    Attributes:
        name: such as ``fs.s3a.bucket.logs.endpoint``.
        value: what it is set to, without white space around it; ``""`` where there is none.
        line: the number of its line, from 1.
    """

    name: str
    value: str = field(repr=False)
    line: int


def parsed(text: str) -> tuple[ExtraProperty, ...]:
    """The properties in a text, in order. Empty lines, and those that begin with ``#``, say nothing."""
    return tuple(
        ExtraProperty(words[0], words[1] if len(words) > 1 else "", number)
        for number, line in enumerate(text.split("\n"), start=1)
        if (words := line.strip().split(maxsplit=1)) and not words[0].startswith("#")
    )
