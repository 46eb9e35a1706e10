"""A clip or picture goes in; a session's result and its files come out."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from posecheck.annotate import Annotator
from posecheck.errors import NobodyFoundError
from posecheck.estimator import model_identity
from posecheck.export import write_csv, write_parquet, write_session
from posecheck.files import staged_folder
from posecheck.keyframes import KeyFrames
from posecheck.landmarks import Side
from posecheck.overlap import Ahead, Behind
from posecheck.pose import Track
from posecheck.report.html import KeyFrame, render
from posecheck.result import ClipInfo, FrameResult, SessionResult, Timeline
from posecheck.safety import Safety
from posecheck.safety_file import load_safety
from posecheck.session import Session
from posecheck.still import encode_jpeg, is_still, read_still
from posecheck.technique import Technique
from posecheck.versions import software_versions
from posecheck.video import ClipReader, ClipWriter, Frame
from posecheck.watcher import Watched, open_watcher

Progress = Callable[[float], None]
Image = NDArray[np.uint8]

FILE_NAMES: Final = {
    "clip": "annotated.mp4",
    "picture": "annotated.jpg",
    "report": "report.html",
    "session": "session.json",
    "csv": "measures.csv",
    "parquet": "measures.parquet",
}
BLOCK: Final = 16
"""Frames measured at a time: measuring sixteen costs little more than measuring one, and on a single core detection is
interrupted less often (against eight, 2% of the time)."""
KEY_FRAME_PX: Final = 720
_FRAMES_SHARE: Final = 0.95


@dataclass(frozen=True, eq=False)
class Analysis:
    """What an analysis gives.

    Parameters
    ----------
    result : SessionResult
        The content of session.json.
    timeline : Timeline
        Measures and verdicts over time.
    files : dict of str to Path
        By kind: ``clip`` (or ``picture`` for a still), ``report``, ``session``, ``csv``, ``parquet``.
    """

    result: SessionResult
    timeline: Timeline
    files: dict[str, Path]


def analyze(
    clip: Path,
    technique: Technique,
    side: Side | None,
    out: Path,
    *,
    model: Path | None = None,
    annotate: bool = True,
    progress: Progress | None = None,
    name: str | None = None,
    height_m: float | None = None,
    swap: bool = False,
) -> Analysis:
    """Check a clip, or a single picture, against a technique, and write its files.

    All files are written to a folder of their own beside their place and moved there when the last is whole: an
    error, Ctrl-C or a full disk leaves the results of an earlier analysis as they were.

    Parameters
    ----------
    clip : Path
        A local video file or picture.
    technique : Technique
        What is being done.
    side : Side or None
        The side being worked on; None: found automatically.
    out : Path
        Folder for the files; made if it is not there.
    model : Path, optional
        A pose landmarker bundle instead of the built-in one.
    annotate : bool
        Whether to write the annotated clip.
    progress : callable, optional
        Called with the share done, 0 to 1.
    name : str, optional
        The clip's name in the results, when the file's own is not the one to show.
    height_m : float, optional
        Of the person, 1 to 2.3; lengths and speeds of rolling are more certain with it.
    swap : bool
        Judge the other one of two people: the roles were taken the wrong way round.

    Raises
    ------
    ClipError
        If the clip cannot be read.
    NobodyFoundError
        If no person was found in any frame.
    ModelError
        If the model is missing or broken.
    OutputError
        If a file cannot be written.
    SafetyError
        If the safety file, whose words the report prints, is malformed.
    """
    safety = load_safety()  # before the work: a mistake in its file is not found out at the end
    work = _analyze_still if is_still(clip) else _analyze_clip
    report_progress = progress or (lambda _: None)
    options = _Options(model, annotate, report_progress, name, height_m, swap)
    with staged_folder(out) as folder:
        outcome = work(clip, technique, side, folder, options)
        _write_files(outcome, technique, safety, folder)
        written = {kind: out / file for kind, file in FILE_NAMES.items() if (folder / file).exists()}
    for kind in FILE_NAMES.keys() - written.keys():
        (out / FILE_NAMES[kind]).unlink(missing_ok=True)  # of an earlier analysis: it would not fit this one
    report_progress(1.0)
    return Analysis(outcome.result, outcome.timeline, written)


@dataclass(frozen=True)
class _Options:
    model: Path | None
    annotate: bool
    progress: Progress
    name: str | None
    height_m: float | None
    swap: bool

    def seen(self, watched: Watched) -> Watched:
        """Who was seen, in the roles that were asked for."""
        return watched.exchanged if self.swap else watched


@dataclass(frozen=True, eq=False)
class _Outcome:
    result: SessionResult
    timeline: Timeline
    key_frames: KeyFrames


def _analyze_clip(clip: Path, technique: Technique, side: Side | None, folder: Path, options: _Options) -> _Outcome:
    """Decode, find the person, judge, draw and encode, each overlapping the others."""
    session = Session(technique, side, height_m=options.height_m)
    with contextlib.ExitStack() as stack:
        reader = stack.enter_context(ClipReader(clip))
        watcher = open_watcher(technique, options.model)
        stack.callback(watcher.close)
        artist, writer = _Artist(technique), None
        size = (reader.header.width, reader.header.height)
        if options.annotate:
            writer = stack.enter_context(ClipWriter(folder / FILE_NAMES["clip"], size, audio_from=clip))
        judged = stack.enter_context(Behind(partial(_judge_and_draw, session, artist, writer, size), depth=1))
        frames = stack.enter_context(Ahead(reader))
        count, end_s = 0, 0.0
        for block in _blocks(iter(frames)):
            seen = []
            for frame in block:
                seen.append(options.seen(watcher.watch(frame.image, frame.time_s)))
                if reader.header.duration_s:
                    options.progress(min(1.0, frame.time_s / reader.header.duration_s) * _FRAMES_SHARE)
            judged.put((block, seen))
            count, end_s = count + len(block), block[-1].time_s
        others = watcher.notices
    if not session.frames_with_person:
        raise NobodyFoundError(
            f"Nobody was found in {options.name or clip.name}.",
            "Film the whole body from the side, 2 to 4 m away, in good light.",
        )
    duration = max(end_s, reader.header.duration_s or 0.0) if not reader.truncated else end_s
    info = ClipInfo(
        name=options.name or reader.header.name,
        duration_s=round(duration, 3),
        frames=count,
        size=size,
    )
    notices = [*others, *_clip_notices(reader, writer, end_s)]
    result_, timeline = session.finish(info, notices, software_versions(), model_identity(options.model))
    return _Outcome(result_, timeline, artist.key_frames)


def _judge_and_draw(
    session: Session,
    artist: _Artist,
    writer: ClipWriter | None,
    size: tuple[int, int],
    seen: tuple[list[Frame], list[Watched]],
) -> None:
    """All that follows detection, for one block: in a thread of its own, since detection is the bottleneck."""
    block, watched = seen
    track = Track.from_poses([frame.time_s for frame in block], [each.person for each in watched], size)
    results = session.push_track(track, [each.partner for each in watched], [each.company for each in watched])
    for frame, result in zip(block, results, strict=True):
        artist.add(writer, frame, result)


def _blocks(frames: Iterator[Frame]) -> Iterator[list[Frame]]:
    """Frames by the block, the last one as long as it is."""
    while block := list(islice(frames, BLOCK)):
        yield block


def _clip_notices(reader: ClipReader, writer: ClipWriter | None, end_s: float) -> list[str]:
    """What is to be known of the file itself."""
    notices = []
    if reader.truncated:
        notices.append(f"The clip is damaged or cut off: it could be read up to {end_s:.1f} s.")
    if writer is not None and writer.sound_lost:
        notices.append("The sound of the clip could not be kept in the annotated clip.")
    return notices


def _analyze_still(clip: Path, technique: Technique, side: Side | None, folder: Path, options: _Options) -> _Outcome:
    """Judge a single picture: one row, no hold."""
    image = read_still(clip)
    watcher = open_watcher(technique, options.model, still=True)
    seen, others = options.seen(watcher.watch(image, 0.0)), watcher.notices
    watcher.close()
    if seen.person is None:
        raise NobodyFoundError(
            f"Nobody was found in {options.name or clip.name}.", "Use a picture that shows the whole body."
        )
    session = Session(technique, side, still=True, height_m=options.height_m)
    artist = _Artist(technique)
    result = session.push(0.0, seen.person, seen.partner, company=seen.company)
    drawn = artist.draw(Frame(0.0, image), result)
    if options.annotate:
        (folder / FILE_NAMES["picture"]).write_bytes(encode_jpeg(drawn))
    height, width = image.shape[:2]
    info = ClipInfo(name=options.name or clip.name, duration_s=0.0, frames=1, size=(width, height))
    result_, timeline = session.finish(info, others, software_versions(), model_identity(options.model))
    return _Outcome(result_, timeline, artist.key_frames)


class _Artist:
    """Draws frames for the annotated clip and for the key frames; works in a thread of its own."""

    def __init__(self, technique: Technique) -> None:
        self._annotator = Annotator(technique)
        self.key_frames = KeyFrames()

    def draw(self, frame: Frame, result: FrameResult) -> Image:
        """Draw one frame, and keep it if it is a key frame."""
        drawn = self._annotator.draw(frame.image, result)
        self.key_frames.push(result, lambda: encode_jpeg(drawn, KEY_FRAME_PX))
        return drawn

    def add(self, writer: ClipWriter | None, frame: Frame, result: FrameResult) -> None:
        """Take one frame; without a writer only key frames are drawn."""
        if writer is not None:
            writer.write(self.draw(frame, result), frame.time_s)
            return
        self.key_frames.push(result, lambda: encode_jpeg(self._annotator.draw(frame.image, result), KEY_FRAME_PX))


def _write_files(outcome: _Outcome, technique: Technique, safety: Safety, folder: Path) -> None:
    """Write the tables, the session and the report."""
    write_csv(outcome.timeline, folder / FILE_NAMES["csv"])
    write_parquet(outcome.timeline, folder / FILE_NAMES["parquet"], technique=technique.id)
    write_session(outcome.result, folder / FILE_NAMES["session"])
    frames = [KeyFrame(moment.time_s, moment.caption, moment.jpeg) for moment in outcome.key_frames.moments]
    page = render(outcome.result, outcome.timeline, technique, frames, datetime.now().astimezone(), safety)
    (folder / FILE_NAMES["report"]).write_text(page, encoding="utf-8")
