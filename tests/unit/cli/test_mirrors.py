import pytest

from serai.engine.cli.session import mirrors
from serai.hookspec.errors import SeraiError


def test_mirrors_are_pairs_of_urls() -> None:
    """With spaces between them; a URL may have equals signs."""
    assert mirrors(" https://a/=file:///b  http://c=https://d/?e=f ") == {
        "https://a/": "file:///b",
        "http://c": "https://d/?e=f",
    }
    assert mirrors("") == {}


def test_what_is_no_pair_is_named() -> None:
    """All of it."""
    with pytest.raises(SeraiError, match="https://a, b=c") as caught:
        mirrors("https://a http://x=http://y b=c")
    assert (caught.value.code, caught.value.place) == ("INVALID_MIRRORS", "SERAI_MIRRORS")
