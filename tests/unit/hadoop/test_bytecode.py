"""Following constant strings through compiled Java."""

from pathlib import Path

from serai.builtin_plugins.hadoop.properties.bytecode import calls

READER = (Path(__file__).parent / "compiled" / "Reader.class").read_bytes()


def found(**strings: int) -> list[tuple[str, ...]]:
    """Method and strings of each call in ``compiled/Reader.java``."""

    def wanted(owner: str, method: str, descriptor: str) -> int:
        two = descriptor.startswith("(Ljava/lang/String;Ljava/lang/String;)")
        return 0 if owner.startswith("java/") else 2 if two else strings.get(method, 0)

    return [(call.method, *call.strings) for call in calls(READER, wanted)]


def test_each_call_has_its_own_name() -> None:
    """Also one within the arguments of another, behind long constants, switches, wide instructions and lambdas."""
    assert found(getInt=1, getLong=1, getBoolean=1, get=1) == [
        ("getInt", "inner"),
        ("getInt", "outer"),
        ("getLong", "a.name"),
        ("get", "first", "second"),
        ("getBoolean", "a.switch"),
        ("get",),
        ("getInt", "dense"),
        ("getInt", "dense.too"),
        ("getInt", "sparse"),
        ("getInt", "wide"),
        ("getInt", "last"),
        ("get", "after.a.lambda"),
        ("get", "in.a.lambda"),
    ]


def test_a_string_that_was_put_away_is_no_argument() -> None:
    """``variable`` asks for a name nobody knows before it runs."""
    assert ("get", "a.name") not in found(get=1)


def test_what_is_of_no_interest_is_passed_over() -> None:
    """By the method's name."""
    assert found(getBoolean=1) == [("get", "first", "second"), ("getBoolean", "a.switch")]
