"""Tests of ``pellucid.hooks.waiting``."""

from __future__ import annotations

from pellucid.hooks.sink import Argument
from pellucid.hooks.waiting import Waiting
from pellucid.testing.hooks import FailingSink, RecordingSink


def test_what_is_reported_early_is_given_to_the_sink_that_comes() -> None:
    """Once."""
    waiting, sink = Waiting(), RecordingSink()
    waiting.report_arguments([Argument("lr", 0.1)])
    waiting.report_configuration("OmegaConf", "a: 1\n", "yaml")
    waiting.replay(sink)
    waiting.replay(sink)

    assert sink.reports == [[Argument("lr", 0.1)]]
    assert sink.configurations == {"OmegaConf": "a: 1\n"}


def test_a_sink_in_trouble_gets_the_rest() -> None:
    """What it can't take is not recorded; the program goes on."""
    waiting, sink = Waiting(), FailingSink()
    waiting.report_arguments([Argument("lr", 0.1)])
    waiting.report_configuration("OmegaConf", "a: 1\n", "yaml")
    waiting.replay(sink)

    assert sink.configurations == {"OmegaConf": "a: 1\n"}


def test_values_of_the_task_that_an_agent_runs() -> None:
    """None without an agent."""
    waiting = Waiting()
    assert waiting.argument_overrides() == {}
    assert waiting.configuration_override("OmegaConf") is None

    waiting.find_overrides = lambda: RecordingSink({"lr": "0.5"})
    assert waiting.argument_overrides() == {"lr": "0.5"}
