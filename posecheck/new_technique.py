"""A clip or photo of somebody doing it right becomes a technique: one moment or span is measured."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from posecheck.annotate import Annotator
from posecheck.catalog import techniques_folder
from posecheck.demonstration import demonstration_of
from posecheck.draft import Draft, check_name, draft_technique
from posecheck.errors import ClipError, NobodyFoundError, StudioError, TechniqueError
from posecheck.landmarks import Side
from posecheck.pose import Pose, Track
from posecheck.result import FrameResult
from posecheck.session import Session
from posecheck.several_looks import open_estimator
from posecheck.still import is_still, read_still
from posecheck.studio.portrait import portrait
from posecheck.technique_file import technique_text, write_technique
from posecheck.video import ClipReader

MOMENT_S: Final = 0.3
"""A single time stands for what is seen up to this long before and after it."""
LEAD_S: Final = 1.5
"""So much before the span is watched as well, for the model to find the person and for stillness to settle."""
LONGEST_SPAN_S: Final = 30.0
REMARKS: Final = {
    "id": "Written from a demonstration: everything below was measured or guessed from the picture. It works as it "
    "stands; read it once from top to bottom and change what is not meant so.",
    "name": "What a patient would call it, and what it is for.",
    "muscles": "Name what is treated.",
    "camera": "The direction is that of the demonstration; height and distance are the usual ones.",
    "setup": "The steps into the position, in order, as you would say them.",
    "reference_pose": "Angles as measured, to the degree; 0 for what is not listed. A ball or a cushion under the body "
    "cannot be seen: put it in as seat.",
    "rules": "Bands: what was measured, two standard errors (12 degrees at least) either way. Widen what may vary, "
    "delete what does not matter, and set required: false where the clock should not stop. Change the cues to your "
    "own words; {side} is the side being worked on, {other} the other one.",
    "hold": "How long, and how strong it should feel.",
    "precautions": "Keep the first line. Add what this technique in particular forbids.",
    "sources": "Say where your own numbers come from.",
}
"""Stand in the file above the keys they are about."""
_CLOCK = re.compile(r"(?:(\d+):)?(\d+(?:\.\d+)?)")

Progress = Callable[[float], None]
Image = NDArray[np.uint8]


@dataclass(frozen=True)
class Span:
    """From when to when a clip shows it done right, seconds; a single moment has both the same."""

    start_s: float
    end_s: float

    @classmethod
    def parsed(cls, text: str) -> Span:
        """``12.5``, ``12.5-14.0`` or ``1:02.5``.

        Raises
        ------
        ClipError
            If it is none of these, ends before it starts, or is longer than 30 s.
        """
        parts = [_CLOCK.fullmatch(part.strip()) for part in text.split("-")]
        if len(parts) > 2 or not all(parts):
            shown = "".join(c for c in text if c.isprintable())[:40]
            raise ClipError(f"'{shown}' is not a time.", "Write seconds: 12.5, a span 12.5-14, or 1:02.5.")
        times = [60.0 * float(part[1] or 0) + float(part[2]) for part in parts if part]
        span = cls(times[0], times[-1])
        if not 0.0 <= span.end_s - span.start_s <= LONGEST_SPAN_S:
            raise ClipError(
                f"{text} is not a span that can be measured.",
                f"Let it end after it starts, {LONGEST_SPAN_S:.0f} s later at most.",
            )
        return span

    @property
    def watched(self) -> tuple[float, float]:
        """What is measured: a moment is widened to what is seen around it."""
        widened = MOMENT_S if self.end_s - self.start_s < MOMENT_S else 0.0
        return max(0.0, self.start_s - widened), self.end_s + widened


@dataclass(frozen=True, eq=False)
class Demonstrated:
    """A technique that was demonstrated, not yet written.

    Parameters
    ----------
    draft : Draft
        The technique and how it was measured.
    picture : array of uint8, shape (H, W, 3)
        RGB: the frame in the middle of the span, drawn over with what the new technique makes of it.
    result : FrameResult
        Of that frame: verdicts of the new rules.
    """

    draft: Draft
    picture: Image
    result: FrameResult

    @property
    def text(self) -> str:
        """The file's text."""
        return technique_text(self.draft.technique, REMARKS)

    def write(self, path: Path, *, replace: bool = False) -> None:
        """Write the file, whole or not at all; see `write_technique`."""
        write_technique(self.draft.technique, path, REMARKS, replace=replace)


def free_name(name: str) -> str:
    """The name, if it can be that of a new technique.

    Raises
    ------
    TechniqueError
        If it has other than small letters, digits and hyphens, or a technique that comes along is called so.
    """
    if (techniques_folder() / f"{check_name(name)}.yaml").exists():
        raise TechniqueError(f"A technique called {name} comes with posecheck.", f"Choose another name: my-{name}.")
    return name


def demonstrate(
    clip: Path,
    name: str,
    span: Span | None = None,
    *,
    side: Side | None = None,
    sided: bool | None = None,
    posture: str | None = None,
    progress: Progress | None = None,
) -> Demonstrated:
    """Make a technique of a moment of a clip, or of a photo.

    Parameters
    ----------
    clip : Path
        A local video or picture of somebody doing it right.
    name : str
        The technique's id.
    span : Span, optional
        The moment; needed for a clip.
    side : Side, optional
        The side being worked on; left out: found.
    sided : bool, optional
        False: both sides do the same; left out: found.
    posture : str, optional
        As in the schema; left out: guessed.
    progress : callable, optional
        Called with the share done, 0 to 1.

    Raises
    ------
    ClipError
        If the clip cannot be read, or the span lies outside it.
    NobodyFoundError
        If nobody was found in the span.
    TechniqueError
        If the name will not do, the side cannot be told, or too little was seen.
    """
    free_name(name)
    still = is_still(clip)
    if still:
        seen, watched = _look_at(read_still(clip)), (0.0, 0.0)
        source = "one photo"
    elif span is None:
        raise ClipError("A clip needs the moment at which it is done right.", "Say it in seconds: --at 12.5.")
    else:
        seen, watched = _watch(clip, span, progress or (lambda _: None)), span.watched
        source = "a moment of a clip" if span.start_s == span.end_s else f"{span.end_s - span.start_s:.1f} s of a clip"
    shown = demonstration_of(seen.track, *watched)
    draft = draft_technique(name, shown, side=side, sided=sided, posture=posture, source=source)
    session = Session(draft.technique, draft.side, still=still)
    result = session.push_track(seen.track)[seen.kept]
    return Demonstrated(draft, Annotator(draft.technique, banner=False).draw(seen.image, result), result)


def duration_s(clip: Path) -> float | None:
    """How long a clip is; None for a photo.

    Raises
    ------
    ClipError
        If it cannot be read.
    """
    if is_still(clip):
        read_still(clip)
        return None
    with ClipReader(clip) as reader:
        if reader.header.duration_s is not None:
            return max(0.1, reader.header.duration_s)
        return max(0.1, *(frame.time_s for frame in reader))  # the container does not know: it is read through


def picture_at(clip: Path, time_s: float) -> Image:
    """The frame that is shown at a time, or the last one before it; a photo itself.

    Raises
    ------
    ClipError
        If the clip cannot be read.
    """
    if is_still(clip):
        return read_still(clip)
    with ClipReader(clip) as reader:
        frames = iter(reader)
        shown = next(frames)
        for frame in frames:
            if frame.time_s > time_s:
                break
            shown = frame
    return shown.image


def reference_picture(made: Demonstrated) -> Image | None:
    """The new reference pose, drawn from the recommended camera; None when the studio is not installed."""
    try:
        return portrait(made.draft.technique, made.draft.side)
    except StudioError:
        return None


@dataclass(frozen=True, eq=False)
class _Seen:
    """The person over the span and a little before, and the frame in its middle."""

    track: Track
    image: Image
    kept: int


def _look_at(image: Image) -> _Seen:
    with closing(open_estimator(still=True)) as estimator:
        pose = estimator.estimate(image, 0.0)
    if pose is None:
        raise NobodyFoundError("Nobody was found in the picture.", "Use one that shows the whole body, in good light.")
    return _Seen(Track.of(pose), image, 0)


def _watch(clip: Path, span: Span, progress: Progress) -> _Seen:
    """Find the person in the frames of the span and shortly before; one frame is kept, and no other in memory."""
    start_s, end_s = span.watched
    middle_s = (span.start_s + span.end_s) / 2.0
    times_s: list[float] = []
    poses: list[Pose | None] = []
    image, kept, last_s = None, 0, 0.0
    with closing(open_estimator()) as estimator, ClipReader(clip) as reader:
        for frame in reader:
            if frame.time_s > end_s:
                break
            last_s = frame.time_s
            progress(frame.time_s / end_s)
            if frame.time_s < start_s - LEAD_S:
                continue
            times_s.append(frame.time_s)
            poses.append(estimator.estimate(frame.image, frame.time_s))
            if image is None or abs(frame.time_s - middle_s) < abs(times_s[kept] - middle_s):
                image, kept = frame.image, len(times_s) - 1
        else:
            _check_within(span, last_s)
        size = (reader.header.width, reader.header.height)
    assert image is not None
    return _Seen(Track.from_poses(times_s, poses, size), image, kept)


def _check_within(span: Span, last_s: float) -> None:
    """The clip was read to its end before the span was over: it may end a little early, as a moment is widened."""
    if span.end_s > last_s + MOMENT_S:
        raise ClipError(
            f"The clip ends at {last_s:.1f} s, before {span.end_s:.1f} s.", "Choose a moment that lies within it."
        )
