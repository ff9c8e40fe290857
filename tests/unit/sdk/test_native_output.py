"""Tests of ``pellucid.sdk.native_output``; whole programs are in ``tests/process/test_console.py``."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pellucid.sdk.native_output import (
    RELAY_VARIABLE,
    NativeOutput,
    PythonStream,
    can_be_relayed,
    is_relayed,
)
from pellucid.sdk.relayed_descriptor import identify_file


@contextmanager
def capturing(tmp_path: Path) -> Iterator[NativeOutput]:
    """Both descriptors of this process, which lead to files of their own, captured. No fixture, as pytest captures
    them anew between a fixture and its test."""
    kept = {number: os.dup(number) for number in (1, 2)}
    for number in kept:
        file = os.open(tmp_path / str(number), os.O_CREAT | os.O_WRONLY)
        os.dup2(file, number)
        os.close(file)
    native = NativeOutput([1, 2], tmp_path, "t" * 32, "w")
    try:
        yield native
    finally:
        native.close(30)
        for number, before in kept.items():
            os.dup2(before, number)
            os.close(before)


def test_descriptors_are_replaced_and_put_back(tmp_path: Path) -> None:
    """Children are told what they find."""
    with capturing(tmp_path) as native:
        assert is_relayed(1)
        assert is_relayed(2)
        assert not is_relayed(1, {})
        native.close(30)

        assert RELAY_VARIABLE not in os.environ
        for number in (1, 2):
            assert os.path.samestat(os.fstat(number), (tmp_path / str(number)).stat())


def test_what_is_written_past_the_pipe_keeps_its_place(tmp_path: Path) -> None:
    """Behind everything that was printed before."""
    with capturing(tmp_path) as native:
        for number in range(50):
            os.write(1, b"native %d\n" % number)
            way = native.original(1)
            assert way is not None
            os.write(way.original, b"past %d\n" % number)

    expected = [f"{kind} {number}" for number in range(50) for kind in ("native", "past")]
    assert (tmp_path / "1").read_text().splitlines() == expected


def test_a_descriptor_that_the_program_has_replaced(tmp_path: Path) -> None:
    """Is the program's: nothing is written past it, and nothing put back."""
    with capturing(tmp_path) as native:
        other = os.open(tmp_path / "other", os.O_CREAT | os.O_WRONLY)
        os.dup2(other, 1)
        assert native.original(1) is None
        native.close(30)

        assert identify_file(1) == identify_file(other)
        os.close(other)


def test_a_stream_of_python_is_kept_off_the_pipe(tmp_path: Path) -> None:
    """Its descriptor's number stays what it is."""
    with capturing(tmp_path) as native, io.FileIO(1, "wb", closefd=False) as raw:
        stream = PythonStream(raw, native)
        assert raw.write(b"past\n") == 5
        assert raw.fileno() == 1
        raw.close()
        with pytest.raises(ValueError, match="closed"):
            raw.write(b"more\n")
        stream.close()
        assert "write" not in vars(raw)

    assert (tmp_path / "1").read_bytes() == b"past\n"


def test_terminals_and_closed_descriptors_are_left_alone() -> None:
    """Others are not."""
    ours, theirs = os.openpty()
    reader, writer = os.pipe()
    assert (can_be_relayed(theirs), can_be_relayed(writer)) == (False, True)
    for descriptor in (ours, theirs, reader, writer):
        os.close(descriptor)
    assert not can_be_relayed(writer)
