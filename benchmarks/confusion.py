"""Which sample clip passes which technique's rules: each clip is to be held in its own technique, and in no other.

    python benchmarks/confusion.py            # all clips, a few minutes; writes benchmarks/results/confusion.md

Every clip is looked at once with the real model; its landmarks are then judged by the rules of every technique.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from posecheck.catalog import load_techniques
from posecheck.estimator import open_estimator
from posecheck.pose import Track
from posecheck.result import ClipInfo, SessionResult
from posecheck.samples import SampleClip, sample_clips
from posecheck.session import Session
from posecheck.technique import Technique
from posecheck.video import ClipReader

RESULTS = Path(__file__).parent / "results" / "confusion.md"


def landmarks_of(clip: Path) -> Track:
    """What the real model sees in a clip, as the analysis of a clip sees it."""
    times, poses = [], []
    estimator = open_estimator()
    with ClipReader(clip) as reader:
        size = (reader.header.width, reader.header.height)
        for frame in reader:
            times.append(frame.time_s)
            poses.append(estimator.estimate(frame.image, frame.time_s))
    estimator.close()
    return Track.from_poses(times, poses, size)


def judged(track: Track, sample: SampleClip, technique: Technique) -> SessionResult:
    """The session that the same movement is in a technique, on the clip's side."""
    session = Session(technique, sample.side)
    session.push_track(track)
    info = ClipInfo(name=sample.clip.name, duration_s=float(track.time_s[-1]), frames=len(track), size=track.size_px)
    result, _ = session.finish(info, [], {}, {})
    return result


def main() -> None:
    """Print the matrix, and write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    techniques = load_techniques()
    lines = [
        "Seconds held, by clip (rows) and the technique that it is judged by (columns, numbered as the rows).",
        "",
        "| clip | " + " | ".join(str(i) for i in range(1, len(techniques) + 1)) + " |",
        "| --- |" + " --- |" * len(techniques),
    ]
    numbers = {name: i for i, name in enumerate(techniques, 1)}
    for sample in sample_clips():
        track = landmarks_of(sample.clip)
        cells = []
        for name, technique in techniques.items():
            held_s = judged(track, sample, technique).hold_total_s
            cells.append(f"**{held_s:.1f}**" if name == sample.technique else f"{held_s:.1f}" if held_s else "")
        lines.append(f"| {numbers[sample.technique]} {sample.clip.stem} | {' | '.join(cells)} |")
        print(lines[-1], file=sys.stderr)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
