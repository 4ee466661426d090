"""How many examples a property gets where fewer than the profile's do, as each takes long."""

from hypothesis import settings


def at_most(count: int) -> settings:
    """Settings for so many examples, or as few as the profile has: the inner loop stays quick."""
    profile = settings.default
    return settings(profile, max_examples=count if profile is None else min(count, profile.max_examples))
