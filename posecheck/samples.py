"""The sample clips that come with posecheck: rendered figures, with the truth of every frame beside them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from posecheck.errors import SampleError
from posecheck.landmarks import Side
from posecheck.shipped import SAMPLES, shipped_folder


@dataclass(frozen=True)
class SampleClip:
    """A clip, and what it shows.

    Parameters
    ----------
    clip, truth : Path
        The MP4, and the JSON that tells what is true in every frame.
    technique : str
        Id of the technique.
    side : Side
        The side being worked on.
    fault : str or None
        Id of the rule that is broken; None: done well.
    """

    clip: Path
    truth: Path
    technique: str
    side: Side
    fault: str | None


def sample_clips() -> list[SampleClip]:
    """All sample clips, sorted by name; none when they did not come along."""
    folder = shipped_folder(SAMPLES)
    return [_described(path) for path in sorted(folder.glob("[!.]*.json"))] if folder else []


def sample_clip(technique: str, *, fault: bool = False) -> SampleClip:
    """The sample clip of a technique, done well or with a fault.

    Raises
    ------
    SampleError
        If there is none.
    """
    known = sample_clips()
    for sample in known:
        if sample.technique == technique and (sample.fault is not None) is fault:
            return sample
    if not known:
        raise SampleError("The sample clips are missing.", "Install posecheck again, or run: make samples")
    names = ", ".join(sorted({sample.technique for sample in known}))
    raise SampleError(f"There is no sample clip of '{technique}'.", f"Choose one of {names}.")


def _described(truth: Path) -> SampleClip:
    told = json.loads(truth.read_text(encoding="utf-8"))
    return SampleClip(truth.with_suffix(".mp4"), truth, told["technique"], Side(told["side"]), told["fault"])
