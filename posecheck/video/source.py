"""A media file opened so that it can make the decoder open nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from posecheck.errors import ClipError
from posecheck.local_file import open_local

MAX_SIDE_PX = 8192
MAX_PIXELS = 64_000_000
"""Larger pictures are refused: a small damaged or hostile file can claim a size that fills the memory."""

_FORMATS = "mov,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg,mxf,nut,ivf,dv,rm,wtv,gif"
"""Containers that hold their pictures and times themselves. Playlists and scripts (HLS, DASH, concat, SDP, image
patterns) name other files and addresses; bare streams (H.264, MJPEG without a container) carry no times."""

_BUFFER_BYTES = 1 << 18
_HEAD_BYTES = 512
_LISTS = (b"#EXTM3U", b"ffconcat", b"<?xml", b"<MPD", b"v=0", b"[playlist]", b"[Reference]")
_MP4_BOXES = (b"ftyp", b"mdat", b"wide", b"free", b"skip", b"moov")
_PHOTO_BRANDS = ("heic", "heix", "heim", "heis", "mif1", "avif")
_NO_VIDEO = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image


@contextmanager
def open_media(path: str | os.PathLike[str]) -> Iterator[InputContainer]:
    """Open a local media file for demuxing.

    FFmpeg gets a Python file object and may use no protocol, so that it can reach nothing by itself; only containers
    that refer to nothing outside are accepted, before their content is parsed. Tried with HLS and concat lists, either
    of the two stops them alone. Requests of a container to open something more are refused as well, which alone would
    not do: a concat script opens its files past it.

    Parameters
    ----------
    path : path-like
        An ordinary file.

    Yields
    ------
    InputContainer
        Valid within the block.

    Raises
    ------
    ClipError
        If the file cannot be opened, or is no media file, or breaks off before its table of contents.
    """
    with open_local(path) as file:
        try:
            container = av.open(
                file,
                "r",
                options={"max_pixels": str(MAX_PIXELS)},
                container_options={"format_whitelist": _FORMATS, "protocol_whitelist": "none"},
                metadata_errors="replace",
                buffer_size=_BUFFER_BYTES,
                io_open=_refuse,
            )
        except (av.FFmpegError, OSError) as error:
            raise _unreadable(path) from error
        with container:
            yield container


def video_stream(container: InputContainer, path: str | os.PathLike[str]) -> VideoStream:
    """Return the stream that the person is in.

    Parameters
    ----------
    container : InputContainer
        From `open_media`.
    path : path-like
        Named in errors.

    Returns
    -------
    VideoStream
        FFmpeg's choice among the streams that are moving pictures: cover art and thumbnails do not count.

    Raises
    ------
    ClipError
        If there is none (a sound recording, a photo), it cannot be decoded here, or it is absurdly large.
    """
    if container.metadata.get("major_brand", "") in _PHOTO_BRANDS:
        raise ClipError(f"{path} is a photo, not a video.", "Save the photo as JPEG, or choose a video.")
    moving = [stream for stream in container.streams.video if not stream.disposition & _NO_VIDEO]
    if not moving:
        raise ClipError(f"{path} has no moving picture in it, only sound or a still.", "Choose a video.")
    best = container.streams.best("video")
    stream = next((s for s in moving if s is best), moving[0])
    # The stubs promise a context; a stream without a decoder has none.
    if not stream.codec_context:
        raise ClipError(
            f"The picture of {path} is compressed in a way that cannot be decoded here.",
            "Save it as MP4 with H.264, then try again.",
        )
    check_size(stream.codec_context.width, stream.codec_context.height, path)
    stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
    stream.codec_context.thread_type = "AUTO"
    return stream


def check_size(width: int, height: int, path: str | os.PathLike[str]) -> None:
    """Refuse pictures larger than `MAX_SIDE_PX` a side or `MAX_PIXELS` in all.

    Parameters
    ----------
    width, height : int
        In pixels.
    path : path-like
        Named in the error.

    Raises
    ------
    ClipError
        If it is larger.
    """
    if max(width, height) > MAX_SIDE_PX or width * height > MAX_PIXELS:
        raise ClipError(
            f"{path} claims a picture of {width}x{height} pixels, too large to be a clip of a person.",
            "Save it smaller: 1920 pixels on the longer side are plenty.",
        )


def _refuse(url: str, flags: int, options: dict[str, str]) -> NoReturn:
    raise PermissionError(f"a clip must not open {url!r} (flags {flags}, {len(options)} options)")


def _unreadable(path: str | os.PathLike[str]) -> ClipError:
    with Path(path).open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_LISTS):
        return ClipError(f"{path} is a list that points to other files, not a video itself.", "Choose the video.")
    if head[4:8] in _MP4_BOXES:
        return ClipError(
            f"{path} is incomplete: it breaks off before the table that says where its frames are.",
            "Copy it again from the phone or camera; if it breaks off there too, the recording was never finished.",
        )
    return ClipError(
        f"{path} is not a video that can be read.", "Choose a video file such as MP4, MOV, MKV, WebM or AVI."
    )
