"""Record the landmarks of clips into tests/data, so that fast tests replay them without the model.

    python scripts/record_landmarks.py ../shared/media/glute_roll_crossed.mp4 ...

Only landmarks and times are kept, no picture.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.clips import track_of

FOLDER = Path(__file__).parents[1] / "tests" / "data"


def record(clip: Path) -> Path:
    """Run the built-in model over a clip and write its track."""
    track = track_of(clip)
    target = FOLDER / f"{clip.stem}.npz"
    np.savez_compressed(
        target,
        time_s=track.time_s,
        image_px=track.image_px.round(2).astype(np.float32),
        world_m=track.world_m.round(4).astype(np.float32),
        visibility=track.visibility.round(3).astype(np.float16),
        size_px=np.array(track.size_px),
    )
    return target


def main() -> None:
    """Record each clip given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", nargs="+", type=Path)
    for clip in parser.parse_args().clips:
        print(f"wrote {record(clip).name}")


if __name__ == "__main__":
    main()
