from serai.builtin_plugins.infrastructure.processes import Process, family, parse_stat


def table(*rows: tuple[int, int, int]) -> dict[int, Process]:
    return {pid: Process(pid, parent, session, start=0) for pid, parent, session in rows}


def test_a_family_has_descendants_and_led_sessions() -> None:
    """A process whose parent has gone is still in the session its ancestor leads."""
    rows = table((10, 1, 10), (11, 10, 10), (12, 11, 12), (13, 1, 10), (14, 1, 12), (20, 1, 20))
    assert family({10}, rows, ()) == {10, 11, 12, 13, 14}


def test_a_session_led_by_another_is_not_family() -> None:
    """A marked process in the operator's own shell does not take the shell with it."""
    assert family({11}, table((10, 1, 10), (11, 10, 10), (12, 10, 10)), ()) == {11}


def test_who_removes_a_machine_from_inside_lives() -> None:
    """The spared are not family, nor is what only they lead to."""
    rows = table((10, 1, 10), (11, 10, 10), (12, 11, 10), (13, 10, 10))
    assert family({10, 11, 12, 13}, rows, {10, 11}) == {12, 13}


def test_a_process_may_have_any_name() -> None:
    """Blanks, parentheses and newlines in a program's name do not confuse the table."""
    tail = " S 1 5 4 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 777 0"
    assert parse_stat("5 (a) (b\n)" + tail) == Process(5, 1, 4, 777)


def test_the_ended_are_no_processes() -> None:
    """A zombie holds nothing and cannot be killed."""
    assert parse_stat("5 (sh) Z 1 5 4 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 777 0") is None
