"""Reading clips: times, orientation, pixels, damage."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from fractions import Fraction
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from posecheck.errors import ClipError
from posecheck.video import ClipReader
from tests.media_factory import (
    even_times,
    make_clip,
    make_packets,
    make_recording,
    make_size_change,
    picture,
    remux,
)

MEDIA = Path(__file__).parents[2] / "shared" / "media"
PHONE_LIKE = [0, 0.0334, 0.0667, 0.1334, 0.15, 0.4, 0.4333, 1.9, 1.9333]
UNEVEN = [round(t * 90_000) / 90_000 for t in PHONE_LIKE]
B_FRAMES = {"bf": "3", "b-adapt": "0"}


def read_times(path: Path) -> list[float]:
    """Times of all frames of a clip."""
    with ClipReader(path) as clip:
        return [frame.time_s for frame in clip]


def close(image: NDArray[np.uint8], expected: NDArray[np.uint8]) -> bool:
    """Whether two images agree but for the traces of compression at edges."""
    return image.shape == expected.shape and float(np.median(np.abs(image.astype(int) - expected.astype(int)))) < 6


# --- times ---


@pytest.mark.parametrize(
    ("name", "times", "options"),
    [
        ("constant.mp4", even_times(40), {}),
        ("b_frames.mp4", even_times(40), B_FRAMES),
        ("ntsc.mkv", [round(1001 * n * 1000 / 30_000) / 1000 for n in range(40)], {}),
        ("uneven.mp4", UNEVEN, {}),
        ("uneven_b_frames.mov", UNEVEN, B_FRAMES),
        ("uneven_b_frames.ts", UNEVEN, B_FRAMES),
        ("five_a_second.mp4", even_times(12, 5), B_FRAMES),
        ("single.mp4", [0.0], {}),
    ],
)
def test_times_are_those_of_the_container(
    tmp_path: Path, name: str, times: list[float], options: dict[str, str]
) -> None:
    """Every frame comes once, at the time that was written, whatever the container, rate or frame order."""
    clip = make_clip(tmp_path / name, times, options=options)
    assert read_times(clip) == pytest.approx(times, abs=1e-6)


@pytest.mark.parametrize("name", ["late.mkv", "late.ts", "late.mp4"])
def test_time_zero_is_the_first_shown_frame(tmp_path: Path, name: str) -> None:
    """A container whose clock starts at 7 s gives times from 0, and tells where its clock stood."""
    times = [7 + t for t in even_times(10)]
    clip = make_clip(tmp_path / name, times)
    with ClipReader(clip) as reader:
        assert reader.start_s >= 6.9
        assert [frame.time_s for frame in reader] == pytest.approx(even_times(10), abs=2e-3)


def test_edit_list_hides_frames(tmp_path: Path) -> None:
    """Frames that an edit list cuts off are not given out, and time 0 is the first one left."""
    whole = make_clip(tmp_path / "whole.mp4", even_times(50), options={"g": "10", "bf": "0"})
    cut = remux(whole, tmp_path / "cut.mp4", shift_s=-0.48)
    assert read_times(cut) == pytest.approx(even_times(38), abs=1e-6)


def test_avi_without_presentation_times(tmp_path: Path) -> None:
    """AVI stores no presentation times; with B-frames in it the frames still come evenly and in order."""
    clip = make_clip(
        tmp_path / "old.avi", even_times(30), codec="mpeg4", time_base=Fraction(1, 25), options={"bf": "2"}
    )
    assert read_times(clip) == pytest.approx(even_times(30), abs=1e-6)


def test_frames_at_one_time_are_shown_once(tmp_path: Path) -> None:
    """Of frames with equal times the first is given out, so that times strictly increase."""
    clip = make_packets(tmp_path / "equal.mkv", [0, 40, 40, 40, 80, 120])
    assert read_times(clip) == pytest.approx([0, 0.04, 0.08, 0.12])


def test_clock_that_starts_anew_ends_the_clip(tmp_path: Path) -> None:
    """Two recordings in one file: the second's times say nothing about the first's, so reading stops there."""
    first = make_clip(tmp_path / "a.ts", even_times(60))
    joined = tmp_path / "joined.ts"
    joined.write_bytes(first.read_bytes() * 2)
    with ClipReader(joined) as clip:
        times = [frame.time_s for frame in clip]
    assert times == pytest.approx(even_times(60), abs=1e-4)
    assert clip.truncated


# --- pixels ---


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
@pytest.mark.parametrize("mirror", ["none", "sideways", "upside down", "both"])
def test_display_matrix_is_honoured(tmp_path: Path, degrees: int, mirror: str) -> None:
    """All eight orientations come out as they are meant to be seen, and the header's size with them."""
    sideways, upside_down = mirror in ("sideways", "both"), mirror in ("upside down", "both")
    clip = make_clip(tmp_path / "turned.mp4", even_times(3), display=(degrees, sideways, upside_down))
    expected = np.rot90(picture(), degrees // 90)
    expected = expected[:, ::-1] if sideways else expected
    expected = expected[::-1] if upside_down else expected
    with ClipReader(clip) as reader:
        images = [frame.image for frame in reader]
        assert (reader.header.height, reader.header.width) == expected.shape[:2]
    assert all(close(image, expected) for image in images)


@pytest.mark.parametrize(
    ("width", "height", "codec", "name"),
    [
        (1080, 96, "libx264", "padded.mp4"),
        (720, 96, "libx264", "unpadded.mp4"),
        (101, 75, "mpeg4", "odd.mp4"),
        (33, 47, "ffv1", "small.mkv"),
    ],
)
def test_rows_are_contiguous(tmp_path: Path, width: int, height: int, codec: str, name: str) -> None:
    """Images are C-contiguous and right even where FFmpeg pads its rows."""
    clip = make_clip(tmp_path / name, even_times(3), size=(width, height), codec=codec, time_base=Fraction(1, 25))
    with ClipReader(clip) as reader:
        for frame in reader:
            assert frame.image.flags.c_contiguous
            assert frame.image.dtype == np.uint8
            assert close(frame.image, picture(width, height))


def test_turned_portrait_of_a_phone_is_contiguous(tmp_path: Path) -> None:
    """A clip stored lying and shown upright at 1080 pixels width has contiguous rows too."""
    clip = make_clip(tmp_path / "phone.mp4", [0.0], size=(1920, 1080), display=(270, False, False))
    with ClipReader(clip) as reader:
        image = next(iter(reader)).image
    assert image.shape == (1920, 1080, 3)
    assert image.flags.c_contiguous
    assert close(image, np.rot90(picture(1920, 1080), 3))


@pytest.mark.parametrize(
    ("aspect", "display", "size"),
    [
        (Fraction(64, 45), None, (91, 48)),
        (Fraction(1, 2), None, (32, 48)),
        (Fraction(2, 1), (90, False, False), (48, 128)),
        (Fraction(900, 1), None, (64, 48)),
    ],
    ids=["wide pixels", "tall pixels", "wide and turned", "absurd, ignored"],
)
def test_pixels_are_square(
    tmp_path: Path, aspect: Fraction, display: tuple[int, bool, bool] | None, size: tuple[int, int]
) -> None:
    """Pixels that are not square are scaled to square before the picture is turned."""
    clip = make_clip(tmp_path / "aspect.mp4", even_times(2), pixel_aspect=aspect, display=display)
    with ClipReader(clip) as reader:
        assert (reader.header.width, reader.header.height) == size
        assert next(iter(reader)).image.shape == (size[1], size[0], 3)


def test_size_stays_when_the_stream_changes_it(tmp_path: Path) -> None:
    """Frames of another size are fitted into the first size without being stretched."""
    clip = make_size_change(tmp_path / "call.ts", [(160, 120), (80, 60), (60, 120)])
    with ClipReader(clip) as reader:
        images = [frame.image for frame in reader]
    assert {image.shape for image in images} == {(120, 160, 3)}
    assert close(images[7], picture(160, 120))
    assert close(images[-1][:, 50:110], picture(60, 120))
    assert int(images[-1][:, :48].max()) < 40


# --- header ---


def test_header(tmp_path: Path) -> None:
    """The header tells name, size, duration, an estimate of the frames, and whether there is sound."""
    clip = make_clip(tmp_path / "my clip.mp4", even_times(50), sound="aac")
    with ClipReader(clip) as reader:
        header = reader.header
    assert (header.name, header.width, header.height, header.has_audio) == ("my clip.mp4", 64, 48, True)
    assert header.frames == 50
    assert header.duration_s == pytest.approx(2.0, abs=0.05)
    with ClipReader(make_clip(tmp_path / "mute.mkv", even_times(50))) as reader:
        assert not reader.header.has_audio
        assert reader.header.frames == pytest.approx(50, abs=2)


def test_title_in_another_encoding(tmp_path: Path) -> None:
    """A title that is not UTF-8 does not keep a clip from being read."""
    clip = make_clip(tmp_path / "title.mkv", even_times(5), title="caf\u00e9 bleu")
    content = clip.read_bytes()
    assert "caf\u00e9".encode() in content
    clip.write_bytes(content.replace("caf\u00e9".encode(), b"caf\xe9!"))
    assert len(read_times(clip)) == 5


def test_reader_is_closed_once_and_for_all(tmp_path: Path) -> None:
    """A closed clip says so instead of looking empty, and closing twice is harmless."""
    with ClipReader(make_clip(tmp_path / "clip.mp4", even_times(5))) as reader:
        next(iter(reader))
    reader.close()
    with pytest.raises(ValueError, match="closed"):
        iter(reader)


# --- damage ---


@pytest.mark.parametrize("name", ["cut.mp4", "cut.mkv", "cut.avi"])
def test_truncated_clip_gives_what_there_is(tmp_path: Path, name: str) -> None:
    """A clip whose end is missing gives the frames before it with their true times, and then says so."""
    noise = np.random.default_rng(0).integers(0, 255, (96, 128, 3), dtype=np.uint8)
    whole = make_clip(
        tmp_path / name,
        even_times(100),
        size=(128, 96),
        image=noise,
        codec="mpeg4",
        time_base=Fraction(1, 25),
        container_options={"movflags": "faststart"} if name.endswith("mp4") else None,
    )
    whole.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with ClipReader(whole) as clip:
        assert not clip.truncated
        times = [frame.time_s for frame in clip]
    assert 20 < len(times) < 80
    assert times == pytest.approx(even_times(len(times)), abs=1e-3)
    assert clip.truncated


@pytest.mark.parametrize("keyframes", ["5", "250"], ids=["a later frame broken", "the first frame broken"])
def test_damage_is_noted(tmp_path: Path, keyframes: str) -> None:
    """Broken bytes cost some frames or part of a picture, not the clip, and are told."""
    noise = np.random.default_rng(0).integers(0, 255, (96, 128, 3), dtype=np.uint8)
    clip = make_clip(tmp_path / "broken.mp4", even_times(60), size=(128, 96), image=noise, options={"g": keyframes})
    content = bytearray(clip.read_bytes())
    start = content.index(b"mdat") + 4
    middle = start + (content.index(b"moov") - start) // 2
    content[middle : middle + 4000] = bytes(4000)
    clip.write_bytes(content)
    with ClipReader(clip) as reader:
        times = [frame.time_s for frame in reader]
    assert len(times) > 20
    assert times[-1] > 2
    assert reader.truncated


@pytest.mark.parametrize("name", ["whole.mp4", "whole.mkv", "whole.avi", "whole.ts", "whole.webm"])
def test_whole_clip_is_not_called_truncated(tmp_path: Path, name: str) -> None:
    """A clip that is whole is not said to be damaged."""
    codec = {"webm": "libvpx", "avi": "mpeg4"}.get(name.split(".")[1], "libx264")
    sound = "libopus" if name.endswith("webm") else None
    clip = make_clip(tmp_path / name, even_times(60), codec=codec, time_base=Fraction(1, 25), sound=sound)
    with ClipReader(clip) as reader:
        assert len(list(reader)) == 60
    assert not reader.truncated


# --- what is no clip ---


def _nothing(path: Path) -> Path:
    return path


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def _content(content: bytes) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return make


def _zip(path: Path) -> Path:
    (path.parent / "packed").mkdir()
    return Path(shutil.move(shutil.make_archive(str(path.parent / "packed"), "zip", path.parent / "packed"), path))


def _pipe(path: Path) -> Path:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes here")
    os.mkfifo(path)
    return path


def _without_index(path: Path) -> Path:
    content = make_clip(path, even_times(20)).read_bytes()
    path.write_bytes(content[: content.index(b"moov") - 4])
    return path


def _no_frames(path: Path) -> Path:
    content = make_clip(path, even_times(20)).read_bytes()
    start = content.index(b"mdat") + 4
    end = content.index(b"moov") - 4
    path.write_bytes(content[:start] + bytes(end - start) + content[end:])
    return path


def _huge(path: Path) -> Path:
    return make_clip(path, [0.0], size=(8208, 16))


def _bare_stream(path: Path) -> Path:
    return make_clip(path.with_suffix(".h264"), even_times(20)).rename(path)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        pytest.param(_nothing, "no file", id="missing"),
        pytest.param(_folder, "folder", id="folder"),
        pytest.param(_pipe, "pipe", id="pipe"),
        pytest.param(_content(b""), "empty", id="empty"),
        pytest.param(_content(b"Dear therapist, here is my clip. " * 40), "not a video", id="text"),
        pytest.param(_zip, "not a video", id="zip"),
        pytest.param(_content(np.random.default_rng(1).bytes(50_000)), "not a video", id="garbage"),
        pytest.param(_without_index, "incomplete", id="mp4 without index"),
        pytest.param(_no_frames, "No frame", id="nothing decodable"),
        pytest.param(make_recording, "only sound", id="sound only"),
        pytest.param(lambda path: make_recording(path, cover=True), "only sound", id="sound with cover art"),
        pytest.param(_huge, "8208x16", id="absurd size"),
        pytest.param(_bare_stream, "not a video", id="bare stream without times"),
    ],
)
def test_what_is_no_clip_is_explained(tmp_path: Path, make: Callable[[Path], Path], says: str) -> None:
    """Each kind of unusable file gets its own sentence, with the file's name and something to do."""
    path = make(tmp_path / "clip.mp4")
    with pytest.raises(ClipError, match=says) as raised:
        ClipReader(path)
    assert "clip.mp4" in raised.value.problem
    assert raised.value.advice


def test_path_with_a_null_byte() -> None:
    """A path that no system takes is an error for people too."""
    with pytest.raises(ClipError, match="not a path"):
        ClipReader("clip\0.mp4")


# --- long clips and real ones ---


def test_memory_stays_flat(tmp_path: Path) -> None:
    """Reading does not keep frames: 400 of them would take 276 MB."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        pytest.skip("no /proc to measure with")
    clip = make_clip(tmp_path / "long.mp4", even_times(400), size=(640, 360), options={"preset": "ultrafast"})
    page = os.sysconf("SC_PAGE_SIZE")
    used: list[int] = []
    with ClipReader(clip) as reader:
        for _ in reader:
            used.append(int(statm.read_text().split()[1]) * page)
    assert used[-1] - used[50] < 40_000_000


@pytest.mark.skipif(not MEDIA.is_dir(), reason="the shared media are not here")
@pytest.mark.parametrize(
    ("name", "frames", "rate", "size"),
    [
        ("glute_roll_crossed.mp4", 300, 15, (640, 480)),
        ("hip_rotation_supine.mp4", 240, 15, (640, 480)),
        ("real_squats.mp4", 65, 5, (720, 1280)),
        ("real_arms_up.mp4", 120, 30, (576, 576)),
        ("real_two_people_outdoors.mp4", 230, 30, (1768, 994)),
    ],
)
def test_real_clips(name: str, frames: int, rate: float, size: tuple[int, int]) -> None:
    """Real clips give their frames at the times that ffprobe tells."""
    with ClipReader(MEDIA / name) as clip:
        assert (clip.header.width, clip.header.height) == size
        assert clip.header.frames == frames
        times = [frame.time_s for frame in islice(clip, 130)]
    assert times == pytest.approx(even_times(min(frames, 130), rate), abs=1e-6)
    assert not clip.truncated
