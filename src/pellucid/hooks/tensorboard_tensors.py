"""Numbers and texts of the tensors in event files, without the library that wrote them."""

from __future__ import annotations

import sys
from array import array
from typing import Any, Final

_FIELDS: Final = ("float_val", "double_val", "int_val", "int64_val", "half_val", "bool_val", "uint32_val", "uint64_val")
_CODES: Final = {1: "f", 2: "d", 3: "i", 4: "B", 5: "h", 6: "b", 9: "q", 17: "H", 22: "I", 23: "Q"}
"""The C types of TensorFlow's numbers for data types, for those whose elements are C numbers."""


def shape_of(tensor: Any) -> list[int]:
    """The size of each dimension."""
    return [dimension.size for dimension in tensor.tensor_shape.dim]


def numbers_of(tensor: Any) -> list[float]:
    """All elements, the last dimension running fastest. Raises ValueError for a type that is none of C's."""
    total = 1
    for size in shape_of(tensor):
        total *= size
    for field in _FIELDS:
        values = list(getattr(tensor, field))
        if values:
            # Equal elements at the end may be written once.
            return values + values[-1:] * (total - len(values))
    if not tensor.tensor_content:
        return [0.0] * total
    if tensor.dtype not in _CODES:
        raise ValueError(f"a tensor of type {tensor.dtype} has no numbers that are known here")
    content = array(_CODES[tensor.dtype], tensor.tensor_content)
    if sys.byteorder == "big":
        content.byteswap()
    return list(content)


def texts_of(tensor: Any) -> list[bytes]:
    """All elements of a tensor of strings."""
    return list(tensor.string_val)


def rows_of(tensor: Any) -> list[list[float]]:
    """A matrix, row by row; of more dimensions, all but the last are one."""
    width = (shape_of(tensor) or [1])[-1]
    values = numbers_of(tensor)
    return [values[begin : begin + width] for begin in range(0, len(values), width)] if width else []
