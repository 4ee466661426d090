"""Log records say whose they are."""

import logging
import threading

import pytest

from serai.engine.log_context import ATTRIBUTES, at, get_logger
from serai.engine.operations.fanout import fan_out


@pytest.fixture
def records():
    kept: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = kept.append  # type: ignore[method-assign]
    logger = get_logger("serai.tests")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield kept
    logger.removeHandler(handler)


def place(record):
    return tuple(getattr(record, f"serai_{name}") for name in ATTRIBUTES)


def test_a_record_says_where_it_comes_from(records):
    """As far as it is known; nothing is left when the work is over."""
    log = get_logger("serai.tests")
    with at(operation="op1", cluster="demo"), at(phase="start", host="h1"):
        log.info("in")
    log.info("out")
    assert [place(record) for record in records] == [("op1", "demo", "start", "h1"), ("", "", "", "")]


def test_threads_of_a_fan_out_say_so_too(records):
    """Each its own host, all the same operation."""
    log = get_logger("serai.tests")

    def work(host):
        with at(host=host):
            log.info("at work")

    with at(operation="op1", phase="start"):
        hosts = [f"h{index}" for index in range(20)]
        list(fan_out(hosts, work, name=str, limit=lambda _: 10, cancelled=threading.Event(), width=4))
    assert sorted(place(record) for record in records) == sorted(("op1", "", "start", host) for host in hosts)


def test_secrets_are_taken_out_of_what_is_logged(records):
    """Also when they come as arguments."""
    with at(mask=lambda text: text.replace("sesame", "******")):
        get_logger("serai.tests").warning("open %s %d", "sesame", 1)
    assert records[0].getMessage() == "open ****** 1"


def test_what_a_record_says_itself_stands(records):
    with at(host="h1"):
        get_logger("serai.tests").info("x", extra={"serai_host": "h2"})
    assert place(records[0])[-1] == "h2"
