"""Tests of ``pellucid.sdk.log_records``."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from pellucid.sdk.log_records import LogRecords


@pytest.fixture
def lines() -> list[tuple[str, str]]:
    """What was reported."""
    return []


@pytest.fixture
def records(lines: list[tuple[str, str]]) -> Iterator[LogRecords]:
    """Reports to the lines."""
    records = LogRecords(lambda level, text: lines.append((level, text)))
    yield records
    records.close()


def test_records_are_reported_by_level(records: LogRecords, lines: list[tuple[str, str]]) -> None:
    """Of all loggers, as far as their levels let them through."""
    logger = logging.getLogger("somebody.else")
    logger.error("bad %d", 7)
    logging.getLogger().warning("hm")
    logger.debug("not enabled")
    records.close()
    logger.error("afterwards")

    assert lines == [("error", "bad 7"), ("warning", "hm")]


def test_what_was_raised_is_reported(records: LogRecords, lines: list[tuple[str, str]]) -> None:
    """As it would be printed."""
    try:
        raise ValueError("too bad")
    except ValueError:
        logging.getLogger("somebody").exception("failed")

    ((level, text),) = lines
    assert (level, text.splitlines()[0], text.splitlines()[-1]) == ("error", "failed", "ValueError: too bad")


def test_the_program_s_own_logging_is_as_before(records: LogRecords) -> None:
    """So that it can still be configured, and prints what it printed (pains 38)."""
    assert records is not None
    handlers = logging.root.handlers[:]
    level = logging.root.level
    with_ours = LogRecords(lambda *_: None)

    assert (logging.root.handlers, logging.root.level) == (handlers, level)
    with_ours.close()


def test_our_own_records_are_not_reported(records: LogRecords, lines: list[tuple[str, str]]) -> None:
    """Trouble with reporting would go round."""
    logging.getLogger("pellucid").warning("trouble")
    logging.getLogger("pellucid.uploader").warning("trouble")

    assert lines == []


def test_a_report_that_logs_does_not_go_round() -> None:
    """Nor does one that fails reach the program."""
    seen = []

    def report(_: str, text: str) -> None:
        seen.append(text)
        logging.getLogger("another").error("while reporting")
        raise RuntimeError

    records = LogRecords(report)
    logging.getLogger("somebody").error("once")
    records.close()

    assert seen == ["once"]


def test_a_format_that_does_not_fit_is_the_program_s(records: LogRecords, lines: list[tuple[str, str]]) -> None:
    """Its handlers see to it; nothing is raised by us."""
    logger = logging.getLogger("unfit")
    logger.propagate = False
    logger.addHandler(logging.NullHandler())
    logger.error("%d", "seven")

    assert lines == []
