"""Which values that JSON cannot express are meant by ``null``.

In the protocol, a value that is no finite number is ``null``, and existing clients expect nothing else. Beside it
stands, for clients that look there, the text that both Python and JavaScript make that number of.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray


def text_of(value: float) -> str | None:
    """``NaN``, ``Infinity`` or ``-Infinity``; ``None`` for a finite number."""
    if math.isfinite(value):
        return None
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def texts_of(values: NDArray[np.float64]) -> dict[str, str] | None:
    """The texts of those that are not finite, by their place; ``None`` if all are."""
    places = np.flatnonzero(~np.isfinite(values)).tolist()
    return {str(place): str(text_of(float(values[place]))) for place in places} or None
