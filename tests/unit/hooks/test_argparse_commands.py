"""Tests of ``pellucid.hooks.argparse_commands`` that need no hook; see ``test_argparse`` for the others."""

from __future__ import annotations

import argparse

from pellucid.hooks.argparse_commands import with_command


def test_commands_that_are_typed_stay() -> None:
    """So does a command line of a program without commands, and one of a program that the task knows no command of."""
    parser = argparse.ArgumentParser()
    assert with_command(parser, {"command": "train"}, []) == []
    parser.add_argument("--times", nargs="*", type=int)
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("train")
    commands.add_parser("test")

    assert with_command(parser, {"command": "train"}, ["test"]) == ["test"]
    assert with_command(parser, {"command": "train"}, []) == ["train"]
    assert with_command(parser, {"command": "unknown"}, []) == []
    assert with_command(parser, {}, []) == []
