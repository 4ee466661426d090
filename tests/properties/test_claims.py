"""Claims, whatever is asked in whatever order: no machine has two tokens, and no token two machines."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serai.engine.store.store import Store
from serai.hookspec.access import Claim
from serai.hookspec.errors import SeraiError

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
INFOS = st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), VALUES, max_size=3)
MACHINES, TOKENS = st.sampled_from("abc"), st.sampled_from("123")
ACTIONS = st.lists(
    st.tuples(st.just("take"), MACHINES, TOKENS, INFOS) | st.tuples(st.just("release"), MACHINES, st.none() | TOKENS),
    max_size=12,
)


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """One for all examples, each of which begins without claims."""
    with Store.open() as opened:
        yield opened


@given(ACTIONS)
def test_claims_are_as_a_person_would_keep_them(store: Store, actions: list[tuple]) -> None:
    """In a book by machine: what is refused changes nothing, what is released is free."""
    for machine in store.claims("yard"):
        store.release_claim("yard", machine)
    book: dict[str, Claim] = {}
    for what, machine, token, *rest in actions:
        if what == "release":
            store.release_claim("yard", machine, token)
            if machine in book and token in (None, book[machine].token):
                del book[machine]
        else:
            claim = Claim(machine, "c", "demo", token, NOW, *rest)
            expected = _refusal(book, claim)
            try:
                assert store.take_claim("yard", claim) == claim
                book[machine] = claim
            except SeraiError as error:
                assert error.code == expected  # noqa: PT017
            else:
                assert expected is None
        assert store.claims("yard") == book


def _refusal(book: dict[str, Claim], claim: Claim) -> str | None:
    if claim.machine_id in book and book[claim.machine_id].token != claim.token:
        return "MACHINE_TAKEN"
    held = [machine for machine, known in book.items() if known.token == claim.token and machine != claim.machine_id]
    return "TOKEN_TAKEN" if held else None
