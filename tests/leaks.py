"""Secrets, and what holds them, for properties of whatever takes them out."""

from hypothesis import strategies as st

from serai.engine.redaction import SHORTEST

SECRETS = st.sets(
    st.text(st.characters(codec="utf-8"), min_size=SHORTEST, max_size=24).filter(lambda text: text.strip("*")),
    min_size=1,
    max_size=4,
)
NEAR = st.text('ab*"\\\n é', min_size=SHORTEST, max_size=8).filter(lambda text: text.strip("*"))


@st.composite
def leaks(draw):
    """Secrets, and a text made of them and of what is near."""
    secrets = sorted(draw(st.one_of(SECRETS, st.sets(NEAR, min_size=1, max_size=3))))
    pieces = st.one_of(st.sampled_from(secrets), st.text('ab*"\\\n é', max_size=5), st.text(max_size=5))
    return secrets, draw(st.lists(pieces, max_size=8).map("".join))


def strings(data):
    """Every string of some data, and every number as text."""
    if isinstance(data, dict):
        return [*data, *(each for value in data.values() for each in strings(value))]
    if isinstance(data, list):
        return [each for item in data for each in strings(item)]
    return [] if data is None or isinstance(data, bool) else [str(data)]
