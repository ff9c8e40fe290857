"""Real clusters, started once for all tests of a file."""

from __future__ import annotations

from pellucid.testing.slurm import slurm

__all__ = ["slurm"]
