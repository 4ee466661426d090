"""Properties of what the command line reads and shows."""

from hypothesis import given
from hypothesis import strategies as st

from serai.engine.cli.arguments import split_program
from serai.engine.cli.blocks import Fields, Table
from serai.engine.cli.complaints import complaint
from serai.engine.cli.job_views import unseen
from serai.engine.cli.plain import plain
from serai.hookspec.errors import HostsFailed, SeraiError

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12)
NAMES = WORDS.filter(lambda word: word != "" and not word.startswith("-"))
OPTIONS = st.lists(st.sampled_from([("--json",), ("-v",), ("--type", "Spark"), ("--lib=x",)]), max_size=4).map(
    lambda options: [word for option in options for word in option]
)


@given(before=OPTIONS, between=OPTIONS, cluster=NAMES, program=NAMES, arguments=st.lists(WORDS))
def test_a_programs_arguments_arrive_untouched(
    before: list[str], between: list[str], cluster: str, program: str, arguments: list[str]
) -> None:
    """Whatever they look like, and wherever the command's own options stand."""
    typed = [*before, cluster, *between, program, *arguments]
    assert split_program(typed, {"--type", "--lib"}) == ([*before, *between], [cluster, program, *arguments])


@given(pieces=st.lists(st.text(), max_size=8))
def test_what_is_shown_bit_by_bit_is_the_whole_output(pieces: list[str]) -> None:
    """Nothing twice, nothing left out, while the output only grows."""
    shown, told = "", ""
    for end in range(len(pieces) + 1):
        now = "".join(pieces[:end])
        told += unseen(shown, now)
        shown = now
    assert told == "".join(pieces)


@given(
    lines=st.lists(st.integers(0, 10**9), min_size=40, unique=True).map(lambda each: [f"{n:010}\n" for n in each]),
    dropped=st.integers(0, 20),
    new=st.integers(0, 15),
)
def test_nothing_is_shown_twice_when_the_beginning_of_an_output_is_dropped(
    lines: list[str], dropped: int, new: int
) -> None:
    """As long as something of what was shown is still there."""
    shown = "".join(lines[: len(lines) - new])
    now = "".join(lines[dropped:])
    assert unseen(shown, now, overlap=55) == "".join(lines[len(lines) - new :])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
STREAMS = st.text(max_size=60) | st.lists(st.text(max_size=20), max_size=4)
DETAILS = st.dictionaries(st.text(max_size=8), JSON, max_size=3).flatmap(
    lambda free: st.fixed_dictionaries({}, optional={"stderr": STREAMS, "log": STREAMS, "status": st.integers()}).map(
        lambda known: {**{key: value for key, value in free.items() if key not in RESERVED}, **known}
    )
)
RESERVED = {"hosts", "faults", "argv", "stdout"}
ERRORS = st.builds(
    lambda message, place, hint, details: SeraiError(
        message, code="SOME_CODE", place=place, hint=hint, details=details
    ),
    st.text(max_size=30),
    st.text(max_size=10),
    st.text(max_size=20),
    DETAILS,
)


@given(error=ERRORS, hosts=st.lists(NAMES, max_size=5, unique=True))
def test_every_error_can_be_told(error: SeraiError, hosts: list[str]) -> None:
    """With its code; and each of many hosts is named."""
    assert "[SOME_CODE]" in complaint(error.to_dict())
    told = complaint(HostsFailed("go", dict.fromkeys(hosts, error)).to_dict())
    assert "[HOSTS_FAILED]" in told
    assert all(f"{host}: " in told for host in hosts)


CELLS = st.text(st.characters(exclude_categories=("Cc", "Cs")) | st.just("\n"), max_size=8)
"""What stands as it is: how control characters are shown is told by the tests of ``printable``."""


@given(rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6))
def test_plain_tables_have_a_line_for_each_row_and_lose_no_cell(rows: list[tuple[str, str]]) -> None:
    """Whatever is in them, line breaks included."""
    lines = plain([Table(("first", "second"), rows)]).split("\n")
    assert len(lines) == len(rows) + 1
    for line, row in zip(lines[1:], rows, strict=True):
        assert line.split() == " ".join(row).split()


@given(values=st.dictionaries(NAMES, NAMES, max_size=5))
def test_plain_fields_lose_no_value(values: dict[str, str]) -> None:
    """Whatever is in them."""
    told = plain([Fields(list(values.items()))])
    assert all(label in told and value.strip() in told for label, value in values.items())
