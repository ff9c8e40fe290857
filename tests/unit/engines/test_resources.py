"""Resources as people write them."""

from __future__ import annotations

import pytest

from pellucid.engines.resources import Resources, read_resources


@pytest.mark.parametrize(
    ("text", "megabytes"),
    [("500", 500), ("16G", 16384), ("16 GiB", 16384), ("1.5g", 1536), ("2048K", 2), ("1T", 1 << 20)],
)
def test_memory(text: str, megabytes: int) -> None:
    """Is MB unless it says something else."""
    assert read_resources({"memory": text}).memory == megabytes


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("1h30m", 5400), ("2d", 172800), ("1-12:00:00", 129600), ("00:10:00", 600)]
)
def test_time(text: str, seconds: int) -> None:
    """In the ways of people and of Slurm."""
    assert read_resources({"time": text}).time == seconds


def test_wishes_that_are_empty_are_none() -> None:
    """As are those that nobody has made."""
    assert read_resources({"gpus": "", "partition": " "}) == Resources()


def test_all_of_them() -> None:
    """Together."""
    wishes = {"cpus": "4", "gpus": "0", "nodes": "2", "partition": "long", "image": "python:3.11"}
    expected = Resources(cpus=4, gpus=0, nodes=2, partition="long", image="python:3.11")
    assert read_resources(wishes) == expected


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"gpu": "1"}, "resource 'gpu' is not known; allowed are cpus, gpus, memory"),
        ({"cpus": "0"}, "resource cpus is '0'; allowed is a number of cores"),
        ({"memory": "much"}, "resource memory is 'much'; allowed is a number of MB"),
        ({"time": "soon"}, "resource time is 'soon'"),
        ({"nodes": "-1"}, "resource nodes is '-1'"),
    ],
)
def test_wishes_that_mean_nothing(wishes: dict[str, str], words: str) -> None:
    """Are named, with what is allowed."""
    with pytest.raises(ValueError, match=words):
        read_resources(wishes)
