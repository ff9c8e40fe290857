"""The books of an uploader."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import msgspec
import pytest

from pellucid.journal.format import Position
from pellucid.uploader import ledger as ledger_module
from pellucid.uploader.ledger import UPLOADER_FILE, Ledger
from pellucid.wire.records import PROGRESS_FILE, Progress, WriterProgress


def test_books_are_read_again(tmp_path: Path) -> None:
    """By the next uploader, and by whoever waits."""
    ledger = Ledger(tmp_path)
    ledger.acknowledge("w", points=5)
    ledger.acknowledge("w", frames=70)
    ledger.mark_sent("w", 90)
    ledger.state.task = "t"
    ledger.refuse("no")
    ledger.finish()
    assert ledger.save(now=True)

    again = Ledger(tmp_path)
    assert again.acknowledged("w") == Position(5, 70)
    assert (again.state.sent, again.state.task) == ({"w": 90}, "t")
    assert (again.finished, again.refused_anything) == (True, True)
    assert msgspec.json.decode((tmp_path / PROGRESS_FILE).read_bytes(), type=Progress) == Progress(
        writers={"w": WriterProgress(5, 70)}, finished=True, refused=["no"]
    )


def test_positions_never_go_back(tmp_path: Path) -> None:
    """A new uploader reads again what an earlier one had done with."""
    ledger = Ledger(tmp_path)
    for position in (70, 40):
        ledger.acknowledge("w", points=position, frames=position)
        ledger.mark_sent("w", position)

    assert ledger.acknowledged("w") == Position(70, 70)
    assert ledger.state.sent["w"] == 70


def test_saving_is_not_done_more_often_than_useful(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left unsaved is saved by the next call that comes late enough, or says so."""
    monkeypatch.setattr(ledger_module, "_SAVE_EVERY", 1000.0)
    ledger = Ledger(tmp_path)
    ledger.acknowledge("w", points=1)
    assert ledger.save(now=True)
    ledger.acknowledge("w", points=2)
    assert not ledger.save()
    assert Ledger(tmp_path).acknowledged("w").points == 1
    assert ledger.save(now=True)
    assert Ledger(tmp_path).acknowledged("w").points == 2


@pytest.mark.parametrize("name", [PROGRESS_FILE, UPLOADER_FILE])
def test_damaged_books_are_new_books(tmp_path: Path, name: str) -> None:
    """Repetition is harmless, giving up is not."""
    (tmp_path / name).write_bytes(b"{")

    assert Ledger(tmp_path).progress() == Progress()


def test_a_full_disk_does_not_stop_the_shipping(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The books are just not up to date."""

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(ledger_module, "write_atomic", refuse)
    ledger = Ledger(tmp_path)
    ledger.acknowledge("w", points=1)

    assert not ledger.save(now=True)


def test_complaints_are_limited_and_not_repeated(tmp_path: Path) -> None:
    """A run whose every event is refused does not fill the disk."""
    ledger = Ledger(tmp_path)
    for number in range(500):
        ledger.refuse(f"event {number // 2}")

    refused = ledger.progress().refused
    assert refused[:2] == ["event 0", "event 1"]
    assert len(refused) == 101
    assert refused[-1] == "and more, see uploader.log"
