"""Reading what is written on the command line."""

import pytest

from serai.engine.cli.arguments import Misread, counts, names, pairs, split_program


def test_pairs_split_at_the_first_equals_sign() -> None:
    """A value may hold more of them."""
    assert pairs(["a=1", "b=x=y", "c="]) == {"a": "1", "b": "x=y", "c": ""}


@pytest.mark.parametrize("text", ["", "a", "=1", "="])
def test_pairs_refuse_what_has_no_name_or_no_sign(text: str) -> None:
    """The message repeats what was written."""
    with pytest.raises(Misread, match="not of the form name=value"):
        pairs([text])


def test_pairs_refuse_a_name_given_twice() -> None:
    """Neither of the two can be meant."""
    with pytest.raises(Misread, match="'a' is given twice"):
        pairs(["a=1", "a=2"])


def test_counts_are_numbers() -> None:
    """By node group."""
    assert counts(["workers=5", "others=0"]) == {"workers": 5, "others": 0}


@pytest.mark.parametrize("value", ["", "-1", "five", "1.5", "٣", "1_000", " 1"])
def test_counts_refuse_what_is_no_number(value: str) -> None:
    """Digits only."""
    with pytest.raises(Misread, match="must be a number"):
        counts([f"workers={value}"])


def test_names_are_parted_by_commas() -> None:
    """Blanks and empty parts do not count."""
    assert names(" a, b,,c ") == ["a", "b", "c"]
    assert names("") == []


OPTIONS = {"--type", "--lib"}


def test_what_follows_the_program_is_the_programs_own() -> None:
    """Even what looks like an option of the command."""
    typed = ["demo", "--type", "Spark", "pi.py", "10", "--type", "x", "--json", "--"]
    assert split_program(typed, OPTIONS) == (
        ["--type", "Spark"],
        ["demo", "pi.py", "10", "--type", "x", "--json", "--"],
    )


def test_options_may_stand_before_and_between_cluster_and_program() -> None:
    """In both of their spellings."""
    assert split_program(["--json", "--type=Spark", "demo", "--lib", "a", "pi.py"], OPTIONS) == (
        ["--json", "--type=Spark", "--lib", "a"],
        ["demo", "pi.py"],
    )


def test_two_dashes_end_the_options() -> None:
    """So that a program may begin with a dash."""
    assert split_program(["demo", "--", "-x", "--lib"], OPTIONS) == ([], ["demo", "-x", "--lib"])


def test_an_option_without_its_value_is_left_to_be_complained_about() -> None:
    """Nothing is made up."""
    assert split_program(["demo", "--type"], OPTIONS) == (["--type"], ["demo"])
