"""What ends a sleep."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest

from pellucid.uploader.wake import Wake

LONG = 60.0


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """Standard input, as the uploader and as the run sees it."""
    reader, writer = os.pipe()
    yield reader, writer
    os.close(reader)


def test_a_byte_from_the_run_ends_it(pipe: tuple[int, int]) -> None:
    """And it is used up by that."""
    wake = Wake(pipe[0])
    os.write(pipe[1], b"\n")
    wake.sleep(LONG)
    os.set_blocking(pipe[0], False)
    with pytest.raises(BlockingIOError):
        os.read(pipe[0], 1)
    os.close(pipe[1])
    wake.close()


def test_the_end_of_standard_input_does_not_keep_it_awake(pipe: tuple[int, int]) -> None:
    """A run that died leaves a pipe that is always readable; after that only other things wake."""
    wake = Wake(pipe[0])
    os.close(pipe[1])
    wake.sleep(LONG)
    waker = threading.Timer(0.01, wake.wake)
    waker.start()
    wake.sleep(LONG)
    waker.join()
    wake.close()


def test_another_descriptor_ends_it(pipe: tuple[int, int]) -> None:
    """Such as that of a process that ends."""
    wake = Wake(pipe[0])
    other, its_end = os.pipe()
    os.close(its_end)
    wake.sleep(LONG, also=other)
    os.close(other)
    os.close(pipe[1])
    wake.close()


def test_waking_more_often_than_anybody_sleeps_never_blocks(pipe: tuple[int, int]) -> None:
    """The pipe fills up, which is awake enough."""
    wake = Wake(pipe[0])
    for _ in range(100_000):
        wake.wake()
    wake.sleep(LONG)
    os.close(pipe[1])
    wake.close()
