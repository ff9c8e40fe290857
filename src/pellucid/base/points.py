"""The one binary layout that travels unchanged from the training loop to the database: a scalar point.

A point is 28 bytes, little-endian, without padding: iteration (int64), time in nanoseconds since the epoch (int64),
value (float64), series number (uint32). The journal writes these bytes into a memory-mapped segment, the uploader ships
them, and the server stores them compressed as they came. The number refers to a table of (title, series) names that
the writer of the points keeps; numbers are local to that writer.

The number comes last because it is what makes a slot a point: a fresh segment is all zeros, so a writer that dies
in the middle of a point leaves ``EMPTY`` there and readers pass over the slot.
"""

from __future__ import annotations

import struct
from typing import Final

POINT: Final = struct.Struct("<qqdI")
POINT_SIZE: Final = POINT.size

EMPTY: Final = 0
"""Series number of a slot that was never finished."""

VOID: Final = 0xFFFF_FFFF
"""Series number of a slot that was taken and then given up, because its value was no number."""

SINGLE_VALUE_ITERATION: Final = -(2**31)
"""The iteration of a value that has no iteration, such as a final accuracy (protocol §2.6, point 5)."""

SINGLE_VALUE_TITLE: Final = "Summary"
"""The title under which single values are kept (protocol §2.6, point 5)."""
