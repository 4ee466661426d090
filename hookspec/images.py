"""Arguments of a plugin's image generator."""

from attrs import field, frozen

from serai.hookspec.sequences import strings


@frozen
class ImageArgument:
    """One argument of ``pack_image`` and ``validate_images``.

    Attributes:
        name: its name.
        description: a hint for the user.
        default: its value when none is given.
        required: whether a value must be given.
        choices: the values allowed; empty for any.
    """

    name: str
    description: str = ""
    default: str | None = None
    required: bool = False
    choices: tuple[str, ...] = field(default=(), converter=strings)
