"""Photos: the only place that imports Pillow."""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from posecheck.errors import ClipError
from posecheck.files import atomic_path
from posecheck.local_file import open_local

MAX_SIDE_PX = 16_384
MAX_PIXELS = 64_000_000
"""Larger photos are refused before they are decoded: a small file can claim a size that fills the memory."""

_FORMATS = ("JPEG", "PNG", "WEBP", "BMP")
"""Others stay closed: some of Pillow's formats start another program (EPS) or have long been fragile."""
_JPEG_QUALITY = 82
_LOOP_QUALITY = 60
_HEAD_BYTES = 32
_BRANDS_FROM_PHONES = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"avif")
_BMP_HEADER_SIZES = (12, 40, 52, 56, 64, 108, 124)
_DAMAGED = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, zlib.error)
"""What Pillow's decoders raise on damaged files."""


def is_still(path: str | os.PathLike[str]) -> bool:
    """Say whether a file is a photo, by its first bytes and not by its name.

    Parameters
    ----------
    path : path-like
        A local file.

    Returns
    -------
    bool
        True for JPEG, PNG, WebP and BMP, and for the HEIC and AVIF of phones, which `read_still` then explains.

    Raises
    ------
    ClipError
        If the file cannot be opened.
    """
    with open_local(path) as file:
        head = file.read(_HEAD_BYTES)
    return _is_photo(head) or _is_phone_photo(head)


def read_still(path: str | os.PathLike[str]) -> NDArray[np.uint8]:
    """Read a photo, turned the way it was taken.

    Parameters
    ----------
    path : path-like
        A JPEG, PNG, WebP or BMP file; of an animated one the first picture.

    Returns
    -------
    array of uint8, shape (height, width, 3)
        RGB, upright after its EXIF orientation, C-contiguous. Transparency is dropped.

    Raises
    ------
    ClipError
        If it cannot be opened, is no such photo, is damaged, or is absurdly large.
    """
    with open_local(path) as file:
        head = file.read(_HEAD_BYTES)
        if _is_phone_photo(head):
            raise ClipError(f"{path} is a HEIC or AVIF photo, which cannot be read here.", "Save it as JPEG.")
        if not _is_photo(head):
            raise ClipError(f"{path} is not a photo that can be read.", "Choose a JPEG, PNG, WebP or BMP.")
        file.seek(0)
        try:
            with Image.open(file, formats=_FORMATS) as picture:
                _check_size(picture.size, path)
                upright = ImageOps.exif_transpose(picture)
                return np.array(upright.convert("RGB"), dtype=np.uint8, order="C")
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise _too_large("a picture", path) from error
        except _DAMAGED as error:
            raise ClipError(f"{path} is damaged or incomplete.", "Copy it again from the phone or camera.") from error


def _check_size(size: tuple[int, int], path: str | os.PathLike[str]) -> None:
    width, height = size
    if max(size) > MAX_SIDE_PX or width * height > MAX_PIXELS:
        raise _too_large(f"{width}x{height} pixels", path)


def _too_large(what: str, path: str | os.PathLike[str]) -> ClipError:
    return ClipError(
        f"{path} claims {what}, too large to be read safely.",
        "Save it smaller: 2000 pixels on the longer side are plenty.",
    )


def _is_photo(head: bytes) -> bool:
    return (
        head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))
        or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
        or _is_bmp(head)
    )


def _is_bmp(head: bytes) -> bool:
    return head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADER_SIZES


def _is_phone_photo(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:12] in _BRANDS_FROM_PHONES


def write_picture(image: NDArray[np.uint8], path: str | os.PathLike[str]) -> None:
    """Write a picture as PNG, or as JPEG when the name ends in .jpg or .jpeg; whole or not at all.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    is_jpeg = Path(path).suffix.lower() in (".jpg", ".jpeg")
    with atomic_path(path) as part:
        if is_jpeg:
            part.write_bytes(encode_jpeg(image))
        else:
            Image.fromarray(np.ascontiguousarray(image)).save(part, "PNG", optimize=True)


def write_loop(images: Sequence[NDArray[np.uint8]], path: str | os.PathLike[str], *, frame_ms: list[int]) -> None:
    """Write an animated WebP that plays for ever; whole or not at all.

    Parameters
    ----------
    images : sequence of arrays of uint8, shape (height, width, 3)
        RGB, all of one size.
    path : path-like
        Where it is to be.
    frame_ms : list of int
        How long each picture is shown.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    first, *rest = [Image.fromarray(np.ascontiguousarray(image)) for image in images]
    with atomic_path(path) as part:
        first.save(
            part, "WEBP", save_all=True, append_images=rest, duration=frame_ms, loop=0, quality=_LOOP_QUALITY, method=6
        )


def encode_jpeg(image: NDArray[np.uint8], longest_px: int | None = None) -> bytes:
    """A picture as a JPEG file.

    Parameters
    ----------
    image : array of uint8, shape (H, W, 3)
        RGB.
    longest_px : int, optional
        Shrink it so that its longer side has at most this many pixels.
    """
    picture = Image.fromarray(np.ascontiguousarray(image))
    if longest_px is not None and max(picture.size) > longest_px:
        picture.thumbnail((longest_px, longest_px), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=_JPEG_QUALITY)
    return buffer.getvalue()
