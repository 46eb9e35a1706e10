"""Record the landmarks of clips into tests/data, so that fast tests replay them without the model.

    python scripts/record_landmarks.py ../shared/media/glute_roll_crossed.mp4 ...
    python scripts/record_landmarks.py --technique partner-effleurage sample_videos/partner-effleurage-well.mp4

Only landmarks and times are kept, no picture; with a technique for two, those of both.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.clips import watched
from posecheck.catalog import load_technique
from posecheck.pose import Track
from posecheck.several_looks import open_estimator
from posecheck.technique import Technique
from posecheck.watcher import Alone, open_watcher

FOLDER = Path(__file__).parents[1] / "tests" / "data"


def record(clip: Path, technique: Technique | None = None) -> Path:
    """Run the built-in model over a clip and write its track, or both tracks where the technique is for two."""
    with closing(open_watcher(technique) if technique else Alone(open_estimator())) as watcher:
        track, partners, _ = watched(clip, watcher)
    arrays = {"time_s": track.time_s, "size_px": np.array(track.size_px), **_arrays(track)}
    if technique and technique.people > 1:
        beside = Track.from_poses(track.time_s.tolist(), partners, track.size_px)
        arrays |= {f"partner_{name}": array for name, array in _arrays(beside).items()}
    target = FOLDER / f"{clip.stem}.npz"
    np.savez_compressed(target, **arrays)
    return target


def _arrays(track: Track) -> dict[str, Any]:
    return {
        "image_px": track.image_px.round(2).astype(np.float32),
        "world_m": track.world_m.round(4).astype(np.float32),
        "visibility": track.visibility.round(3).astype(np.float16),
    }


def main() -> None:
    """Record each clip given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", nargs="+", type=Path)
    parser.add_argument("--technique", help="of the clips; needed where it is for two")
    options = parser.parse_args()
    technique = load_technique(options.technique) if options.technique else None
    for clip in options.clips:
        print(f"wrote {record(clip, technique).name}")


if __name__ == "__main__":
    main()
