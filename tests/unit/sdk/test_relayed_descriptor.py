"""Tests of ``pellucid.sdk.relayed_descriptor``."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pellucid.sdk.console_relay import RelayState
from pellucid.sdk.relayed_descriptor import RelayedDescriptor, file_name, identify_file


@dataclass
class Relayed:
    """A descriptor with a pipe in its place, whose relay is the test."""

    number: int
    source: int
    state: RelayState
    descriptor: RelayedDescriptor


@pytest.fixture
def relayed(tmp_path: Path) -> Iterator[Relayed]:
    """One that leads to a file."""
    memory = os.memfd_create("state")
    os.ftruncate(memory, RelayState.SIZE)
    number = os.open(tmp_path / "file", os.O_CREAT | os.O_WRONLY)
    source, pipe = os.pipe()
    one = Relayed(number, source, RelayState(memory), RelayedDescriptor([number], 0, RelayState(memory), number, pipe))
    os.close(pipe)
    os.close(memory)
    yield one
    os.close(one.number)
    os.close(one.source)


def test_replaced_and_put_back(relayed: Relayed, tmp_path: Path) -> None:
    """What was there before is written to meanwhile by another number."""
    relayed.descriptor.replace()
    assert relayed.descriptor.is_at(relayed.number)
    os.write(relayed.number, b"into the pipe")
    os.write(relayed.descriptor.original, b"past it")
    relayed.descriptor.restore()

    assert os.read(relayed.source, 100) == b"into the pipe"
    assert (tmp_path / "file").read_bytes() == b"past it"
    assert identify_file(relayed.number) == identify_file(relayed.descriptor.original)


def test_it_is_out_when_the_relay_says_so(relayed: Relayed) -> None:
    """Neither in the pipe nor on its way."""
    relayed.descriptor.replace()
    assert relayed.descriptor.is_out()
    os.write(relayed.number, b"text")
    assert not relayed.descriptor.is_out()
    relayed.state.enter(0, RelayState.COPYING)
    os.read(relayed.source, 100)
    assert not relayed.descriptor.is_out()
    relayed.state.enter(0, RelayState.RECORDING)
    assert relayed.descriptor.is_out()


def test_waiting_has_an_end(relayed: Relayed) -> None:
    """When its time is over, or when more has come out than there was."""
    relayed.descriptor.replace()
    os.write(relayed.number, b"text")
    relayed.descriptor.wait(time.monotonic())
    assert not relayed.descriptor.is_out()


def test_a_pipe_that_nobody_reads(relayed: Relayed) -> None:
    """Is broken, and not waited for."""
    assert not relayed.descriptor.is_broken()
    elsewhere = os.dup(relayed.number)
    os.close(relayed.source)
    relayed.source = elsewhere
    assert relayed.descriptor.is_broken()
    relayed.descriptor.wait(float("inf"))


def test_it_closes_what_it_owns(relayed: Relayed) -> None:
    """With the last that holds it."""
    original = relayed.descriptor.original
    del relayed.descriptor
    assert identify_file(original) is None
    assert file_name(None) == ""
