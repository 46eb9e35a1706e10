"""Reading photos: orientation, formats, damage, and telling them from clips."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from posecheck.errors import ClipError
from posecheck.still import is_still, read_still
from tests.media_factory import even_times, make_clip, picture

Pixels = NDArray[np.uint8]
FORMATS = ("JPEG", "PNG", "WEBP", "BMP")
EXIF_ORIENTATION = 0x0112
STORED: dict[int, Callable[[Pixels], Pixels]] = {
    1: lambda image: image,
    2: lambda image: image[:, ::-1],
    3: lambda image: image[::-1, ::-1],
    4: lambda image: image[::-1],
    5: lambda image: image.transpose(1, 0, 2),
    6: lambda image: np.rot90(image, 1),
    7: lambda image: image[::-1, ::-1].transpose(1, 0, 2),
    8: lambda image: np.rot90(image, -1),
}
"""How a camera stores an upright picture for each EXIF orientation (EXIF 2.32, tag 274)."""


def save(path: Path, image: Pixels, kind: str = "JPEG", orientation: int = 1) -> Path:
    """Save a photo as a camera would."""
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = orientation
    extra = {} if kind == "BMP" else {"exif": exif}
    Image.fromarray(np.ascontiguousarray(image)).save(path, format=kind, **extra)
    return path


@pytest.mark.parametrize("orientation", STORED)
def test_exif_orientation_is_honoured(tmp_path: Path, orientation: int) -> None:
    """All eight orientations of a JPEG come out upright."""
    path = save(tmp_path / "photo.jpg", STORED[orientation](picture(96, 64)), "JPEG", orientation)
    image = read_still(path)
    assert image.shape == (64, 96, 3)
    assert image.flags.c_contiguous
    assert float(np.median(np.abs(image.astype(int) - picture(96, 64)))) < 6


@pytest.mark.parametrize("kind", FORMATS)
def test_formats_are_told_by_content(tmp_path: Path, kind: str) -> None:
    """A photo is known and read whatever its name says."""
    path = save(tmp_path / "photo.mp4", picture(96, 64), kind)
    assert is_still(path)
    assert float(np.median(np.abs(read_still(path).astype(int) - picture(96, 64)))) < 6


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "P", "CMYK", "1"])
def test_any_colour_mode_becomes_rgb(tmp_path: Path, mode: str) -> None:
    """Grey, transparent, indexed and printing colours become three channels of bytes."""
    kind = "JPEG" if mode == "CMYK" else "PNG"
    path = tmp_path / "photo"
    Image.fromarray(picture(96, 64)).convert(mode).save(path, format=kind)
    image = read_still(path)
    assert (image.shape, image.dtype) == ((64, 96, 3), np.dtype(np.uint8))
    assert int(image[50, 80].min()) > 200


def test_clip_is_no_still(tmp_path: Path) -> None:
    """A clip is not taken for a photo, nor read as one."""
    clip = make_clip(tmp_path / "clip.mp4", even_times(3)).rename(tmp_path / "photo.jpg")
    assert not is_still(clip)
    with pytest.raises(ClipError, match="not a photo"):
        read_still(clip)


def _png(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds almost nothing."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def _half(kind: str) -> Callable[[Path], bytes]:
    def content(folder: Path) -> bytes:
        noise = np.random.default_rng(0).integers(0, 255, (64, 96, 3), dtype=np.uint8)
        whole = save(folder / "whole", noise, kind).read_bytes()
        return whole[: len(whole) // 2]

    return content


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"\0\0\0\x20ftypheic" + bytes(40), "HEIC", id="HEIC"),
        pytest.param(b"\0\0\0\x20ftypavif" + bytes(40), "HEIC or AVIF", id="AVIF"),
        pytest.param(b"BMX and other bicycles, a long story of wheels and chains.", "not a photo", id="text"),
        pytest.param(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "not a photo", id="EPS"),
        pytest.param(b"", "empty", id="empty"),
        pytest.param(_png(20_000, 20), "20000x20", id="too wide"),
        pytest.param(_png(9_000, 9_000), "9000x9000", id="too many pixels"),
        pytest.param(_png(12_000, 9_000), "too large", id="bomb that Pillow warns of"),
        pytest.param(_png(60_000, 60_000), "too large", id="bomb that Pillow refuses"),
        pytest.param(_half("JPEG"), "damaged", id="half a JPEG"),
        pytest.param(_half("PNG"), "damaged", id="half a PNG"),
        pytest.param(_half("BMP"), "damaged", id="half a BMP"),
        pytest.param(_half("WEBP"), "damaged", id="half a WebP"),
    ],
)
def test_unusable_photos_are_explained(tmp_path: Path, content: bytes | Callable[[Path], bytes], says: str) -> None:
    """Each kind of unusable photo gets its own sentence and something to do."""
    path = tmp_path / "photo.jpg"
    path.write_bytes(content(tmp_path) if callable(content) else content)
    with pytest.raises(ClipError, match=says) as raised:
        read_still(path)
    assert "photo.jpg" in raised.value.problem
    assert raised.value.advice


@pytest.mark.parametrize("use", [is_still, read_still])
def test_missing_photo(tmp_path: Path, use: Callable[[Path], object]) -> None:
    """A photo that is not there is told by both functions."""
    with pytest.raises(ClipError, match="no file"):
        use(tmp_path / "photo.jpg")
    with pytest.raises(ClipError, match="folder"):
        use(tmp_path)


def test_phone_photo_counts_as_still(tmp_path: Path) -> None:
    """A HEIC of a phone is a photo, so that its own error is given and not that of a broken clip."""
    path = tmp_path / "photo.mov"
    path.write_bytes(b"\0\0\0\x20ftypheic" + bytes(40))
    assert is_still(path)
