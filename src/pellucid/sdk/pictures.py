"""Pictures as files: of PIL, and of arrays of any library, which need no PIL (sdk-surface §4.28)."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any, Final, NamedTuple

from pellucid.base.errors import UsageError

_JPEG_MODES: Final = ("RGB", "L")
_JPEG_QUALITY: Final = 87
_PNG_COLORS: Final = {1: 0, 3: 2, 4: 6}
"""The colour type of a PNG file by the number of channels: grey, RGB, RGBA (PNG specification §11.2.1)."""

_PNG_LEVEL: Final = 3
_WHITE: Final = 255

ALLOWED: Final = (
    "a picture of PIL, or an array of H×W, H×W×1, H×W×3 or H×W×4 integers from 0 to 255 or floats from 0 to 1"
)


class Picture(NamedTuple):
    """A picture file: its suffix with the dot, and its content."""

    suffix: str
    content: bytes


def picture_of(argument: str, image: Any) -> Picture:
    """A picture as a file: JPEG or PNG of PIL's pictures, PNG of arrays, which loses nothing.

    Raises:
        UsageError: it is no picture.
    """
    if is_pil(image):
        return _of_pil(image)
    pixels = _to_host(image)
    shape, kind = getattr(pixels, "shape", None), getattr(getattr(pixels, "dtype", None), "kind", "")
    if shape is None or len(shape) not in (2, 3) or kind not in "buif":
        raise UsageError(f"{argument} is of type {type(image).__name__}; allowed is {ALLOWED}")
    height, width, channels = (*shape, 1)[:3]
    if channels not in _PNG_COLORS or not height or not width:
        raise UsageError(f"{argument} has the shape {tuple(shape)!r}; allowed is {ALLOWED}")
    return Picture(".png", _png(_to_bytes(pixels, kind), width, height, channels))


def is_pil(image: object) -> bool:
    """Whether it is a picture of PIL, which is not imported to find out."""
    return any(kind.__module__ == "PIL.Image" and kind.__name__ == "Image" for kind in type(image).__mro__)


def _of_pil(image: Any) -> Picture:
    file = io.BytesIO()
    if image.mode in _JPEG_MODES:
        image.save(file, "JPEG", quality=_JPEG_QUALITY)
        return Picture(".jpeg", file.getvalue())
    try:
        image.save(file, "PNG")
    except OSError:  # a mode that PNG does not have, such as CMYK or F
        file = io.BytesIO()
        image.convert("RGB").save(file, "PNG")
    return Picture(".png", file.getvalue())


def _to_host(image: Any) -> Any:
    """A tensor of torch or TensorFlow as an array."""
    if callable(getattr(image, "detach", None)):
        image = image.detach().cpu()
        image = image.float() if image.is_floating_point() else image
    if not hasattr(image, "tobytes") and callable(getattr(image, "numpy", None)):
        image = image.numpy()
    return image


def _to_bytes(pixels: Any, kind: str) -> bytes:
    """One byte for each channel of each pixel."""
    if str(pixels.dtype) != "uint8":
        if kind == "f":
            pixels = pixels.copy()
            pixels[pixels != pixels] = 0  # what is not a number is black
            pixels = pixels * _WHITE if pixels.max() <= 1 else pixels
        elif kind == "b":
            pixels = pixels * _WHITE
        pixels = pixels.clip(0, _WHITE).round().astype("uint8")
    return bytes(pixels.tobytes())


def _png(pixels: bytes, width: int, height: int, channels: int) -> bytes:
    """A PNG file of eight bits a channel (PNG specification §5, §11.2)."""
    line = width * channels
    lines = b"".join(b"\0" + pixels[start : start + line] for start in range(0, height * line, line))
    head = struct.pack(">2I5B", width, height, 8, _PNG_COLORS[channels], 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(lines, _PNG_LEVEL)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
