"""The argparse hook: the suite of all hooks, and what is its own (sdk-surface §4.3)."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from pellucid.hooks import argparse as hook
from pellucid.hooks import guard
from pellucid.hooks.sink import Argument, Sink
from pellucid.hooks.waiting import waiting
from pellucid.testing.hooks import HookTests, RecordingSink


class _NoFile(LookupError):
    """What the misused parser raises."""


def _refuse(text: str) -> Any:
    raise _NoFile(text)


class TestArgparse(HookTests):
    """The suite."""

    library = "argparse"
    patch = staticmethod(hook.patch)

    def use(self, library: ModuleType) -> object:
        """Parse one option."""
        parser = library.ArgumentParser()
        parser.add_argument("--lr", type=float, default=0.1)
        return vars(parser.parse_args(["--lr", "0.5"]))

    def misuse(self, library: ModuleType) -> None:
        """Parse what its type refuses."""
        parser = library.ArgumentParser()
        parser.add_argument("file", type=_refuse)
        parser.parse_args(["missing"])

    def is_untouched(self, library: ModuleType) -> bool:
        """The function is the library's own."""
        return not hasattr(library.ArgumentParser.parse_known_args, "__wrapped__")


class Patched:
    """The hook in the real ``argparse``, and its sink."""

    sink: Sink | None = None


@pytest.fixture
def patched() -> Iterator[Patched]:
    """Patched for one test, on top of whatever is there."""
    patched = Patched()
    with guard.loud_errors():
        undo = hook.patch(argparse, lambda: patched.sink)
        yield patched
        undo()


@pytest.fixture
def parser() -> argparse.ArgumentParser:
    """One argument of each kind."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", nargs="?", help="where the data is")
    parser.add_argument("--lr", type=float, default=0.1, help="step size")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--fast", action="store_true")
    parser.add_argument("--layers", nargs="*", type=int, default=[1])
    return parser


def values(arguments: list[Argument]) -> dict[str, Any]:
    """By name."""
    return {argument.name: argument.value for argument in arguments}


def test_m6_given_and_default_values(patched: Patched, parser: argparse.ArgumentParser) -> None:
    """All of them, with type and help (sdk-surface M6)."""
    patched.sink = sink = RecordingSink()
    parser.parse_args(["--lr", "0.7", "--layers", "2", "3"])

    (arguments,) = sink.reports
    assert values(arguments) == {"data": None, "lr": 0.7, "batch": 32, "fast": False, "layers": [2, 3]}
    by_name = {argument.name: argument for argument in arguments}
    assert (by_name["lr"].type, by_name["lr"].help) == ("float", "step size")


def test_m24_parsed_before_there_is_a_task(patched: Patched, parser: argparse.ArgumentParser) -> None:
    """Kept until there is one, and given to it once."""
    parser.parse_args([])
    sink = RecordingSink()
    hook.replay(sink)
    hook.replay(sink)

    assert [values(report)["batch"] for report in sink.reports] == [32]


def test_a_sub_command_is_reported_once(patched: Patched) -> None:
    """With the values of both parsers; functions that a parser carries are no arguments."""
    patched.sink = sink = RecordingSink()
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    train = parser.add_subparsers(dest="command").add_parser("train", aliases=["t"])
    train.add_argument("--epochs", type=int, default=3)
    train.set_defaults(run=print)
    parser.parse_args(["train", "--epochs", "5"])

    assert [values(report) for report in sink.reports] == [{"seed": 1, "command": "train", "epochs": 5}]


OVERRIDES = {"data": "/other", "lr": "0.01", "batch": "64", "fast": "True", "layers": "[4, 5]", "unknown": "1"}


def test_a_task_s_values_replace_the_defaults(patched: Patched, parser: argparse.ArgumentParser) -> None:
    """Cast by the parser itself; the parser is as before afterwards (sdk-surface §4.3, remote)."""
    patched.sink = RecordingSink(OVERRIDES)
    overridden = parser.parse_args([])
    patched.sink = None
    usual = parser.parse_args([])

    assert vars(overridden) == {"data": "/other", "lr": 0.01, "batch": 64, "fast": True, "layers": [4, 5]}
    assert vars(usual) == {"data": None, "lr": 0.1, "batch": 32, "fast": False, "layers": [1]}


def test_a_task_s_values_reach_a_namespace_that_is_out_already(
    patched: Patched, parser: argparse.ArgumentParser
) -> None:
    """When ``Task.init`` comes after ``parse_args``."""
    namespace = parser.parse_args([])
    hook.replay(RecordingSink(OVERRIDES))

    assert vars(namespace) == {"data": "/other", "lr": 0.01, "batch": 64, "fast": True, "layers": [4, 5]}


def test_required_arguments_are_not_asked_for(patched: Patched) -> None:
    """An agent gives none on the command line."""
    patched.sink = RecordingSink({"data": "/d", "name": "x", "a": "1"})
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("--name", required=True)
    group = parser.add_mutually_exclusive_group(required=True)
    group.add_argument("--a", type=int)
    group.add_argument("--b", type=int)

    assert vars(parser.parse_args([])) == {"data": "/d", "name": "x", "a": 1, "b": None}


def test_required_arguments_of_a_task_that_has_not_begun(patched: Patched, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program parses, and calls ``Task.init`` later."""
    monkeypatch.setattr(waiting, "find_overrides", lambda: RecordingSink({"data": "/d"}))
    parser = argparse.ArgumentParser()
    parser.add_argument("data")

    assert vars(parser.parse_args([])) == {"data": "/d"}


def test_a_given_value_wins(patched: Patched, parser: argparse.ArgumentParser) -> None:
    """Somebody has typed it."""
    patched.sink = RecordingSink(OVERRIDES)

    assert parser.parse_args(["--batch", "7"]).batch == 7


def with_commands() -> argparse.ArgumentParser:
    """A parser with commands that nobody has named, below one of them another."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    commands = parser.add_subparsers(title="what to do", required=True)
    train = commands.add_parser("train", aliases=["t"])
    train.add_argument("net")
    train.add_argument("--epochs", type=int, required=True)
    train.set_defaults(run="train")
    commands.add_parser("test").add_argument("--split", default="validation")
    where = train.add_subparsers(dest="where")
    where.add_parser("here").add_argument("--device", default="cpu")
    where.add_parser("there")
    return parser


def test_commands_that_have_no_name_are_recorded_and_chosen(patched: Patched) -> None:
    """An agent gives none on the command line; those that were not chosen are recorded with their defaults."""
    typed = ["/d", "train", "small", "--epochs", "3", "here", "--device", "gpu"]
    patched.sink = sink = RecordingSink()
    expected = vars(with_commands().parse_args(typed))
    (arguments,) = sink.reports
    assert values(arguments) == {**expected, "/what to do": "train", "split": "validation"}

    patched.sink = RecordingSink({argument.name: str(argument.value) for argument in arguments} | {"epochs": "5"})
    assert vars(with_commands().parse_args([])) == {**expected, "epochs": 5}
    patched.sink = RecordingSink({"/what to do": "test", "data": "/d", "split": "all"})
    assert vars(with_commands().parse_args([])) == {"data": "/d", "split": "all"}
    assert vars(with_commands().parse_args(typed)) == expected


@pytest.mark.parametrize("text", ["", "many"])
def test_a_value_that_does_not_fit_leaves_the_program_s(
    parser: argparse.ArgumentParser, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    """With a warning that names it."""
    undo = hook.patch(argparse, lambda: RecordingSink({"batch": text, "lr": "0.5"}))
    try:
        namespace = parser.parse_args([])
    finally:
        undo()

    assert (namespace.batch, namespace.lr) == (32, 0.5)
    assert all("The task's value of the argument batch is not used" in record.message for record in caplog.records)
