"""Tests of ``pellucid.sdk.pictures``: what is written is read by PIL."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from pellucid.base.errors import UsageError
from pellucid.sdk.pictures import picture_of

GREY = np.arange(6, dtype=np.uint8).reshape(2, 3) * 40
COLOURS = np.arange(18, dtype=np.uint8).reshape(2, 3, 3) * 14
CLEAR = np.arange(24, dtype=np.uint8).reshape(2, 3, 4) * 10


def read(image: Any) -> Any:
    """The pixels of a picture file."""
    return np.asarray(Image.open(io.BytesIO(picture_of("image", image).content)))


@pytest.mark.parametrize(
    ("image", "pixels"),
    [
        (GREY, GREY),
        (GREY[:, :, None], GREY),
        (COLOURS, COLOURS),
        (COLOURS.transpose(1, 0, 2), COLOURS.transpose(1, 0, 2)),
        (CLEAR, CLEAR),
        (COLOURS.astype(np.int64), COLOURS),
        (GREY.astype(np.int32) * 3 - 100, np.clip(GREY.astype(np.int32) * 3 - 100, 0, 255)),
        (COLOURS / np.float32(255), COLOURS),
        (COLOURS.astype(np.float64), COLOURS),
        (GREY > 100, (GREY > 100) * 255),
        (np.array([[np.nan, 1.0]]), np.array([[0, 255]])),
        (torch.from_numpy(COLOURS), COLOURS),
        (
            torch.from_numpy(GREY / np.float32(255)).to(torch.bfloat16).requires_grad_(),
            np.array([[0, 40, 80], [120, 160, 199]]),
        ),
    ],
)
def test_arrays_in_every_layout(image: Any, pixels: Any) -> None:
    """H×W, one, three and four channels; integers, floats from 0 to 1 or to 255, switches; tensors."""
    assert picture_of("image", image).suffix == ".png"
    np.testing.assert_allclose(read(image), pixels, atol=1)


def test_the_array_is_not_changed() -> None:
    """Though what is not a number is drawn black."""
    image = np.array([[np.nan, 1.0]])
    picture_of("image", image)
    assert np.isnan(image[0, 0])


@pytest.mark.parametrize(
    ("mode", "suffix"),
    [("RGB", ".jpeg"), ("L", ".jpeg"), ("RGBA", ".png"), ("1", ".png"), ("CMYK", ".png"), ("F", ".png")],
)
def test_pictures_of_pil(mode: str, suffix: str) -> None:
    """In every mode; JPEG where it can hold them."""
    image = Image.new("RGB", (4, 3), (10, 200, 30)).convert(mode)

    picture = picture_of("image", image)
    assert picture.suffix == suffix
    assert Image.open(io.BytesIO(picture.content)).size == (4, 3)


@pytest.mark.parametrize(
    "image",
    [
        3,
        "text",
        [[1, 2]],
        np.zeros(3),
        np.zeros((2, 2, 2)),
        np.zeros((3, 8, 8)),
        np.zeros((0, 3)),
        np.zeros((1, 2, 3, 3)),
        np.array([["a"]]),
        np.zeros((2, 2), complex),
    ],
)
def test_what_is_no_picture_is_refused(image: Any) -> None:
    """The message names the argument."""
    with pytest.raises(UsageError, match=r"image (is|has) .*allowed is a picture of PIL, or an array"):
        picture_of("image", image)
