"""From where a technique's rules are seen: in how many pictures of its reference pose each rule passes, by azimuth.

    python benchmarks/poses.py grid --seed 91 --out benchmarks/data/grid
    python benchmarks/cameras.py benchmarks/data/grid-*.npz --technique gluteus-medius-roll

This is what the recommended cameras were chosen by. Heights and distances are those of the grid, all of them together;
rules that need movement are left out.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.accuracy import verdicts_of
from benchmarks.poses import AZIMUTHS_DEG, Poses, load
from posecheck.catalog import load_techniques
from posecheck.corrector import measured
from posecheck.landmarks import Side
from posecheck.result import Verdict
from posecheck.technique import Technique


def passes(poses: Poses, technique: Technique) -> dict[str, np.ndarray]:
    """Whether each rule passes in each picture, by rule id; all required ones together under ``all``."""
    result = measured(poses.track)
    verdicts = [verdicts_of(technique, Side(str(side)), result, i) for i, side in enumerate(poses.side)]
    rules = [rule for rule in technique.rules if not rule.quantity.errs_upward]
    table = {rule.id: np.array([each[rule.id] is Verdict.PASS for each in verdicts]) for rule in rules}
    return table | {"all": np.logical_and.reduce([table[rule.id] for rule in rules if rule.required])}


def main() -> None:
    """Print a table for each technique."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--technique", action="append", help="only this one; may be given several times")
    options = parser.parse_args()
    poses = load(*options.files)
    for name, technique in load_techniques().items():
        shown = poses.only(poses.label == f"{name}/reference")
        if not len(shown.label) or (options.technique and name not in options.technique):
            continue
        print(f"\n{name}, camera recommended at {technique.camera.azimuth_deg:g}")
        print(f"{'azimuth':18}" + "".join(f"{azimuth:5d}" for azimuth in AZIMUTHS_DEG))
        for rule, passed in passes(shown, technique).items():
            shares = [passed[shown.azimuth_deg == azimuth] for azimuth in AZIMUTHS_DEG]
            print(f"{rule:18}" + "".join(f"{each.mean():5.0%}" if len(each) else "     " for each in shares))


if __name__ == "__main__":
    main()
