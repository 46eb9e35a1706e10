"""Writing clips: times, sound, playability, and what is left behind when something goes wrong."""

from __future__ import annotations

import io
import os
import resource
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from posecheck.errors import ClipError, OutputError
from posecheck.video import ClipReader, ClipWriter
from tests.media_factory import even_times, make_clip, onsets, picture

NOISE = np.random.default_rng(0).integers(0, 255, (8, 240, 320, 3), dtype=np.uint8)


def write_clip(path: Path, times: list[float], size: tuple[int, int] = (64, 48)) -> Path:
    """Write the coloured picture at these times."""
    with ClipWriter(path, size) as writer:
        for time_s in times:
            writer.write(picture(*size), time_s)
    return path


def write_frames(path: Path, frames: Iterable[tuple[NDArray[Any], float]], then: BaseException | None = None) -> None:
    """Write frames of 64x48, then raise an exception within the block if one is given."""
    with ClipWriter(path, (64, 48)) as writer:
        for image, time_s in frames:
            writer.write(image, time_s)
        if then is not None:
            raise then


def copy_clip(source: Path, target: Path, from_s: float = 0.0) -> ClipWriter:
    """Write a clip's frames, from a time on, and its sound into another."""
    with ClipReader(source) as clip, ClipWriter(target, (clip.header.width, clip.header.height), source) as writer:
        for frame in clip:
            if frame.time_s >= from_s:
                writer.write(frame.image, frame.time_s)
    return writer


def read_times(path: Path) -> list[float]:
    """Times of all frames of a clip."""
    with ClipReader(path) as clip:
        return [frame.time_s for frame in clip]


# --- times and pixels ---


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.integers(1, 400_000), min_size=0, max_size=12), start=st.floats(0, 50))
def test_times_survive(tmp_path: Path, steps: list[int], start: float) -> None:
    """Whatever the frame times, reading gives them back, counted from the first, within half a tick."""
    times = [start + tick / 90_000 for tick in np.cumsum([0, *steps]).tolist()]
    clip = write_clip(tmp_path / "clip.mp4", times)
    assert read_times(clip) == pytest.approx([time_s - start for time_s in times], abs=1.2e-5)


@pytest.mark.parametrize(
    ("times", "duration_s"),
    [
        (even_times(25), 1.0),
        (even_times(10, 5), 2.0),
        ([0, 0.1, 0.2, 0.3, 5.3], 5.4),
        ([0.0], 1 / 30),
    ],
    ids=["25 a second", "5 a second", "after a pause", "single"],
)
def test_last_frame_is_shown_as_long_as_the_others(tmp_path: Path, times: list[float], duration_s: float) -> None:
    """The clip ends one usual step after the last frame: neither at once nor after a pause repeated."""
    with av.open(write_clip(tmp_path / "clip.mp4", times)) as container:
        stream = container.streams.video[0]
        assert float((stream.duration or 0) * (stream.time_base or 0)) == pytest.approx(duration_s, abs=1e-3)


def test_browsers_play_it(tmp_path: Path) -> None:
    """H.264 with 4:2:0 colours in MP4, the index before the pictures, no reordered frames, tagged colours."""
    clip = write_clip(tmp_path / "clip.mp4", even_times(30))
    content = clip.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    with av.open(clip) as container:
        stream = container.streams.video[0]
        codec = stream.codec_context
        assert (codec.name, codec.pix_fmt, codec.has_b_frames) == ("h264", "yuv420p", False)
        assert (codec.colorspace, codec.color_primaries, codec.color_trc, codec.color_range) == (6, 1, 1, 1)
        packets = [packet for packet in container.demux(stream) if packet.size]
        assert all(packet.pts == packet.dts for packet in packets)


def test_colours_survive(tmp_path: Path) -> None:
    """Colours come back as they went in."""
    clip = write_clip(tmp_path / "clip.mp4", even_times(3), (160, 120))
    with ClipReader(clip) as reader:
        image = next(iter(reader)).image.astype(int)
    assert float(np.median(np.abs(image - picture(160, 120)).max(axis=2))) <= 5


@pytest.mark.parametrize("size", [(65, 49), (64, 49), (101, 48), (1080, 64)])
def test_odd_sizes_lose_a_line(tmp_path: Path, size: tuple[int, int]) -> None:
    """An odd width or height loses its last column or row; the rest is unchanged."""
    clip = write_clip(tmp_path / "clip.mp4", even_times(2), size)
    even = (size[0] // 2 * 2, size[1] // 2 * 2)
    with ClipReader(clip) as reader:
        image = next(iter(reader)).image.astype(int)
    assert image.shape == (even[1], even[0], 3)
    assert float(np.median(np.abs(image - picture(*size)[: even[1], : even[0]]))) < 6


@pytest.mark.parametrize(
    ("image", "time_s", "says"),
    [
        (picture(64, 46), 0.1, "shape"),
        (picture().astype(np.float32), 0.1, "uint8"),
        (picture(), 0.0, "after"),
        (picture(), 0.000001, "after"),
    ],
    ids=["size", "type", "same time", "same tick"],
)
def test_wrong_frames_are_refused(tmp_path: Path, image: NDArray[Any], time_s: float, says: str) -> None:
    """A frame of another size, type or no later time is a programming error and leaves no file."""
    with pytest.raises(ValueError, match=says):
        write_frames(tmp_path / "clip.mp4", [(picture(), 0.0), (image, time_s)])
    assert not list(tmp_path.iterdir())


# --- sound ---


@pytest.mark.parametrize(
    ("name", "codec", "kept", "video_from_s", "sound_from_s", "written_from_s"),
    [
        pytest.param("a.mp4", "aac", "aac", 0.0, 0.0, 0.0, id="AAC copied"),
        pytest.param("a.mp4", "aac", "aac", 0.0, 0.0, 0.56, id="AAC copied, beginning left out"),
        pytest.param("a.mp4", "aac", "aac", 0.4, 0.0, 0.0, id="AAC copied, picture later"),
        pytest.param("a.mp4", "aac", "aac", 0.0, 0.4, 0.0, id="AAC copied, sound later"),
        pytest.param("a.ts", "aac", "aac", 0.0, 0.0, 0.56, id="AAC of a transport stream copied"),
        pytest.param("a.mkv", "libmp3lame", "mp3float", 0.0, 0.0, 0.56, id="MP3 copied"),
        pytest.param("a.mov", "pcm_s16le", "aac", 0.4, 0.0, 0.0, id="PCM encoded"),
        pytest.param("a.mkv", "flac", "aac", 0.0, 0.0, 0.56, id="FLAC encoded, beginning left out"),
        pytest.param("a.mkv", "flac", "aac", 0.0, 0.4, 0.0, id="FLAC encoded, sound later"),
        pytest.param("a.mkv", "libopus", "aac", 0.4, 0.0, 0.0, id="Opus encoded, picture later"),
    ],
)
def test_sound_stays_in_step(
    tmp_path: Path,
    name: str,
    codec: str,
    kept: str,
    video_from_s: float,
    sound_from_s: float,
    written_from_s: float,
) -> None:
    """A click that comes with a flash still does, whichever stream begins first and wherever writing begins."""
    times = [video_from_s + t for t in even_times(80)]
    source = make_clip(tmp_path / name, times, flashing=True, sound=codec, sound_from_s=sound_from_s)
    target = tmp_path / "out.mp4"
    writer = copy_clip(source, target, written_from_s)
    assert not writer.sound_lost
    with av.open(target) as container:
        assert container.streams.audio[0].codec_context.name == kept
        assert float((container.duration or 0) / 1e6) == pytest.approx(3.2 - written_from_s, abs=0.06)
    flashes, clicks = onsets(target)
    assert len(flashes) == len(clicks) >= 2
    assert clicks == pytest.approx(flashes, abs=0.045)


def test_copied_sound_is_the_same_bit_for_bit(tmp_path: Path) -> None:
    """AAC is not encoded again."""
    source = make_clip(tmp_path / "a.mp4", even_times(50), flashing=True, sound="aac")
    copy_clip(source, tmp_path / "out.mp4")

    def packets(path: Path) -> list[bytes]:
        with av.open(path) as container:
            return [bytes(packet) for packet in container.demux(container.streams.audio[0]) if packet.size]

    assert packets(tmp_path / "out.mp4") == packets(source)[: len(packets(tmp_path / "out.mp4"))]
    assert len(packets(tmp_path / "out.mp4")) > 80


def test_silent_clip_stays_silent(tmp_path: Path) -> None:
    """A clip without sound gives one without, and nothing was lost."""
    writer = copy_clip(make_clip(tmp_path / "mute.mp4", even_times(10)), tmp_path / "out.mp4")
    assert not writer.sound_lost
    with av.open(tmp_path / "out.mp4") as container:
        assert not container.streams.audio


def test_damaged_sound_does_not_fail_the_picture(tmp_path: Path) -> None:
    """Where the sound breaks off the picture goes on, and the loss is told."""
    source = make_clip(tmp_path / "a.mp4", even_times(100), sound="aac", container_options={"movflags": "faststart"})
    pictures = read_times(source)
    source.write_bytes(source.read_bytes()[:-4000])
    with ClipWriter(tmp_path / "out.mp4", (64, 48), audio_from=source) as writer:
        for time_s in pictures:
            writer.write(picture(), time_s)
    assert writer.sound_lost
    assert read_times(tmp_path / "out.mp4") == pytest.approx(pictures, abs=1e-4)


def test_unreadable_source_of_sound(tmp_path: Path) -> None:
    """A source of sound that is no clip is found on entering, and nothing is left behind."""
    source = tmp_path / "notes.mp4"
    source.write_text("not a clip at all")
    with pytest.raises(ClipError), ClipWriter(tmp_path / "out.mp4", (64, 48), audio_from=source):
        pass
    assert list(tmp_path.iterdir()) == [source]


# --- whole or not at all ---


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, ClipError])
@pytest.mark.parametrize("frames", [0, 5])
def test_interrupted_leaves_the_earlier_result(tmp_path: Path, error: type[BaseException], frames: int) -> None:
    """Ctrl-C or an error removes what was written and leaves an earlier file as it was."""
    path = write_clip(tmp_path / "clip.mp4", even_times(4))
    earlier = path.read_bytes()
    raised = error("problem", "advice") if error is ClipError else error()
    with pytest.raises(error):
        write_frames(path, [(picture(), time_s) for time_s in even_times(frames)], then=raised)
    assert path.read_bytes() == earlier
    assert list(tmp_path.iterdir()) == [path]


def test_finished_replaces_the_earlier_result(tmp_path: Path) -> None:
    """A finished clip takes the place of an earlier one, and nothing else is left in the folder."""
    path = write_clip(tmp_path / "clip.mp4", even_times(4))
    write_clip(path, even_times(9))
    assert len(read_times(path)) == 9
    assert list(tmp_path.iterdir()) == [path]


def test_annotated_clip_may_replace_its_source(tmp_path: Path) -> None:
    """Reading, sound and result may be one path: the source is replaced only when the result is whole."""
    path = make_clip(tmp_path / "clip.mp4", even_times(30), sound="aac")
    copy_clip(path, path)
    assert len(read_times(path)) == 30


def test_no_frame_is_an_error(tmp_path: Path) -> None:
    """A clip without a frame is not written."""
    with pytest.raises(OutputError, match="no frame"), ClipWriter(tmp_path / "clip.mp4", (64, 48)):
        pass
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["no such folder", "a folder in the way", "a file for a folder"])
def test_impossible_places_are_found_before_the_work(tmp_path: Path, kind: str) -> None:
    """A place that cannot take the clip is told on entering, not after an hour of analysis."""
    (tmp_path / "file").write_text("x")
    (tmp_path / "clip.mp4").mkdir()
    path = {
        "no such folder": tmp_path / "nowhere" / "clip.mp4",
        "a folder in the way": tmp_path / "clip.mp4",
        "a file for a folder": tmp_path / "file" / "clip.mp4",
    }[kind]
    entered = False
    with pytest.raises(OutputError) as raised, ClipWriter(path, (64, 48)):
        entered = True
    assert not entered
    assert raised.value.advice


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size, as on a disk that is nearly full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def write_noise(path: Path) -> None:
    """Write a clip of about a megabyte."""
    with ClipWriter(path, (320, 240)) as writer:
        for number, time_s in enumerate(even_times(16)):
            writer.write(NOISE[number % len(NOISE)], time_s)


@pytest.mark.parametrize("share", [0.0, 0.4, 0.9999], ids=["at once", "half way", "on the last bytes"])
def test_file_that_cannot_grow(tmp_path: Path, capfd: pytest.CaptureFixture[str], share: float) -> None:
    """However late writing fails, the error is for people, the earlier result stays and no half file is left."""
    path = tmp_path / "clip.mp4"
    write_noise(path)
    earlier = path.read_bytes()
    with largest_file(int(len(earlier) * share)), pytest.raises(OutputError, match="could not be written"):
        write_noise(path)
    assert path.read_bytes() == earlier
    assert list(tmp_path.iterdir()) == [path]
    assert not capfd.readouterr().err


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 300 kB, where this user may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if mount is None or umount is None:
        pytest.skip("no mount command")
    command = [mount, "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(folder)]
    mounted = subprocess.run(command, capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("may not mount a file system")
    try:
        yield folder
    finally:
        subprocess.run([umount, folder], check=True)


def test_full_disk(tiny_disk: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A disk that fills up while writing gives an error that says so; the earlier result stays whole."""
    path = write_clip(tiny_disk / "clip.mp4", even_times(4))
    earlier = path.read_bytes()
    with pytest.raises(OutputError, match="disk is full") as raised:
        write_noise(path)
    assert "space" in raised.value.advice
    assert path.read_bytes() == earlier
    assert list(tiny_disk.iterdir()) == [path]
    assert not capfd.readouterr().err


def test_ctrl_c_while_bytes_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C that arrives inside FFmpeg's write callback is not swallowed."""

    class Interrupted(io.BufferedWriter):
        def write(self, data: object) -> int:
            raise KeyboardInterrupt

    ordinary = Path.open

    def opened(path: Path, mode: str = "r") -> Any:
        file = ordinary(path, mode)
        return Interrupted(file.detach()) if mode == "wb" and isinstance(file, io.BufferedWriter) else file

    monkeypatch.setattr(Path, "open", opened)
    with pytest.raises(KeyboardInterrupt):
        write_noise(tmp_path / "clip.mp4")
    assert not list(tmp_path.iterdir())


# --- long clips ---


def test_memory_stays_flat(tmp_path: Path) -> None:
    """Writing with sound does not keep frames: 400 of them would take 276 MB."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        pytest.skip("no /proc to measure with")
    source = make_clip(tmp_path / "long.mkv", even_times(400), sound="flac", time_base=Fraction(1, 1000))
    page = os.sysconf("SC_PAGE_SIZE")
    used: list[int] = []
    image = picture(640, 360)
    with ClipWriter(tmp_path / "out.mp4", (640, 360), audio_from=source) as writer:
        for time_s in even_times(400):
            writer.write(image, time_s)
            used.append(int(statm.read_text().split()[1]) * page)
    assert used[-1] - used[50] < 40_000_000
