"""How far every measure is from the truth, on rendered techniques seen from all round, beside bare MediaPipe.

    python benchmarks/poses.py grid --seed 90 --out benchmarks/data/grid
    python benchmarks/accuracy.py benchmarks/data/grid-*.npz

Prints tables and writes them, with a picture of the error against the camera's azimuth, to benchmarks/results/. For
each measure: share of frames called seen, mean absolute error, bias, 95th percentile, and how often the truth lies
within one and two standard errors; beside it the angle between MediaPipe's bare landmarks in the image (2D) and in the
world (3D) on the same frames. For each rule: how often it passes where the truth fails it, and the reverse. Bodies,
rooms and cameras are drawn with other seeds than any used for tuning.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import altair as alt
import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.poses import HEIGHTS_M, Poses, load
from posecheck.catalog import load_techniques
from posecheck.corrector import measured
from posecheck.landmarks import Side, sided
from posecheck.measures import COLUMNS, Measures, measure
from posecheck.pose import FloatArray
from posecheck.quantities import CROSSED_SHANKS, QUANTITIES
from posecheck.result import Reading, Verdict
from posecheck.rules import judge
from posecheck.technique import Technique, measure_key

RESULTS: Final = Path(__file__).parent / "results"
RECOMMENDED_DEG: Final = 35.0
"""How far from a technique's recommended azimuth a camera still counts as recommended."""
LEAST_FRAMES: Final = 5
"""A point of the picture needs so many values that are called seen."""
JUDGED: Final = (
    "knee_flexion", "hip_flexion", "hip_abduction", "hip_rotation", "trunk_inclination", "facing",
    "ankle_to_opposite_knee", "foot_height", "knee_height", "hip_height", "hand_behind", "hand_height",
)  # fmt: skip
_BARE: Final = {"knee_flexion": ("HIP", "KNEE", "ANKLE"), "hip_flexion": ("SHOULDER", "HIP", "KNEE")}


def column_names(name: str) -> list[str]:
    """Columns of a measure."""
    return [f"{name}.{side}" for side in Side] if QUANTITIES[name].sided else [name]


def bare_angle(points: FloatArray, name: str, side: Side) -> FloatArray:
    """Flexion between bare landmarks, shape (F,), degrees."""
    a, b, c = (points[:, sided(joint)[side.position]] for joint in _BARE[name])
    u, v = a - b, c - b
    cosine = (u * v).sum(-1) / np.linalg.norm(u, axis=-1) / np.linalg.norm(v, axis=-1)
    return np.asarray(180.0 - np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def views(poses: Poses) -> dict[str, np.ndarray]:
    """Which frames belong to each kind of view; azimuth 0 faces the working side, 90 the front or the feet."""
    azimuth, heights = poses.azimuth_deg, np.array(HEIGHTS_M)
    cameras = [_technique(label).camera for label in poses.label]
    off = np.abs((azimuth - [camera.azimuth_deg for camera in cameras] + 180) % 360 - 180)
    nearest = heights[np.abs(heights - np.array([[camera.height_m] for camera in cameras])).argmin(axis=1)]
    away = np.abs((azimuth + 90) % 180 - 90)  # from the nearer of both sides
    front = np.abs(azimuth - 90)
    return {
        "everywhere": np.ones(len(azimuth), bool),
        "recommended": off <= RECOMMENDED_DEG,
        "recommended, and about as high": (off <= RECOMMENDED_DEG) & (poses.height_m == nearest),
        "side-on": away <= 20,
        "oblique": (away > 20) & (away < 60),
        "front": front <= 30,
        "behind": np.abs(azimuth + 90) <= 30,
    }


def _technique(label: str) -> Technique:
    """What a frame shows: labels are the technique's id, a slash, and the rule that is broken or `reference`."""
    return _TECHNIQUES[label.partition("/")[0]]


_TECHNIQUES = load_techniques()


def legs(poses: Poses) -> dict[str, np.ndarray]:
    """Which leg of each frame, left and right, is the nearer one to a camera that is not before the front or behind."""
    working_near = np.abs(poses.azimuth_deg) < 90
    right_near = working_near == (poses.side == "right")
    aside = (np.abs(np.abs(poses.azimuth_deg) - 90) > 30)[:, None]
    near = np.stack([~right_near, right_near], axis=1)
    return {"near leg, side-on and oblique": near & aside, "far leg, side-on and oblique": ~near & aside}


def pooled(poses: Poses, result: Measures, name: str, keep: np.ndarray) -> tuple[FloatArray, FloatArray]:
    """Errors and standard errors of a measure where kept; NaN where unseen.

    Of both sides over frames, shape (N,), or of single legs, shape (N, 2).
    """
    at = [COLUMNS.index(column) for column in column_names(name)]
    kept = np.broadcast_to(keep if keep.ndim == 2 else keep[:, None], (len(keep), len(at)))
    return (result.value[:, at] - poses.truth[:, at])[kept], result.se[:, at][kept]


def bare(poses: Poses, name: str, points: FloatArray, keep: np.ndarray) -> FloatArray:
    """Errors of the bare angles of both sides where kept, as in `pooled`."""
    gap = np.stack(
        [bare_angle(points, name, side) - poses.truth[:, COLUMNS.index(f"{name}.{side}")] for side in Side], axis=1
    )
    return np.asarray(gap[np.broadcast_to(keep if keep.ndim == 2 else keep[:, None], gap.shape)])


def row(error: FloatArray, se: FloatArray, limit: float) -> str:
    """Coverage and errors of one measure as a table row."""
    with np.errstate(invalid="ignore"):
        seen = np.isfinite(error) & (se <= limit)
    if not seen.any():
        return " 0% | | | | | |"
    gap, doubt = error[seen], se[seen]
    size = np.abs(gap)
    return (
        f" {seen.mean():.0%} | {size.mean():.2f} | {gap.mean():+.2f} | {np.quantile(size, 0.95):.2f} | "
        f"{(size <= doubt).mean():.0%} | {(size <= 2 * doubt).mean():.0%} |"
    )


def measure_table(poses: Poses, ways: dict[str, Measures], view: str, keep: np.ndarray) -> Iterable[str]:
    """One table: every measure, each way of measuring it."""
    yield f"\n### {view}: {keep.sum()} {'frames' if keep.ndim == 1 else 'legs'}\n"
    yield "| measure | how | seen | mean abs. error | bias | 95% below | within 1 se | within 2 se |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for name in JUDGED if keep.ndim == 1 else _BARE:
        for way, result in ways.items():
            yield f"| {name} | {way} |" + row(*pooled(poses, result, name, keep), QUANTITIES[name].max_error)
        if name in _BARE:
            for way, points in (("bare 2D", poses.track.image_px), ("bare 3D", poses.track.world_m)):
                gap = bare(poses, name, points, keep)
                yield f"| {name} | {way} |" + row(gap, np.where(np.isfinite(gap), 0.0, np.nan), 1.0)


def crossing(poses: Poses, ways: dict[str, Measures]) -> Iterable[str]:
    """How often a crossed leg is told from one that is not: by its probability, and by the distance alone."""
    yield "\n### Crossed leg\n"
    yield "| cameras | how | seen | told right |\n| --- | --- | --- | --- |"
    found = [COLUMNS.index(column) for column in column_names("leg_crossed")]
    apart = [COLUMNS.index(column) for column in column_names("ankle_to_opposite_knee")]
    true = poses.truth[:, found] > 50.0
    for view in ("recommended", "everywhere"):
        keep = views(poses)[view][:, None]
        for way, result in ways.items():
            value, se = result.value[:, apart], result.se[:, apart]
            with np.errstate(invalid="ignore"):
                tells = {f"{way}, distance": (np.abs(value - CROSSED_SHANKS) > 1.65 * se, value < CROSSED_SHANKS)}
                chance, doubt = result.value[:, found], result.se[:, found]
                tells[f"{way}, probability"] = (doubt <= QUANTITIES["leg_crossed"].max_error, chance > 50.0)
            for how, (sure, says) in tells.items():
                if (sure & keep).any():
                    share, right = (sure & keep).sum() / keep.sum() / 2, (says == true)[sure & keep].mean()
                    yield f"| {view} | {how} | {share:.0%} | {right:.1%} |"


def verdicts_of(technique: Technique, side: Side, result: Measures, frame: int) -> dict[str, Verdict]:
    """What a technique's rules say of one picture, by rule id."""
    readings = map(Reading, result.value[frame], result.se[frame])
    return judge(technique, side, dict(zip(COLUMNS, readings, strict=True)), {})


def rule_table(poses: Poses, result: Measures, view: str, keep: np.ndarray) -> Iterable[str]:
    """False verdicts of each rule; a truth within the rule's tolerance of an edge counts as neither."""
    yield f"\n### Rules, {view}\n"
    yield "| technique | rule | false PASS | false FAIL | unseen |\n| --- | --- | --- | --- | --- |"
    for technique in _TECHNIQUES.values():
        mine = np.flatnonzero(keep & np.char.startswith(poses.label, f"{technique.id}/"))
        counts = {rule.id: [0, 0, 0, 0, 0] for rule in technique.rules}
        for i in mine:
            side = Side(str(poses.side[i]))
            verdicts = verdicts_of(technique, side, result, int(i))
            for rule in technique.rules:
                true = poses.truth[i, COLUMNS.index(measure_key(rule.measure, rule.side, side))]
                low = -np.inf if rule.target.min is None else rule.target.min
                high = np.inf if rule.target.max is None else rule.target.max
                inside = min(true - low, high - true)
                if not np.isfinite(true) or abs(inside) < rule.tolerance:
                    continue
                count, verdict = counts[rule.id], verdicts[rule.id]
                count[0] += inside < 0
                count[1] += inside >= 0
                count[2] += inside < 0 and verdict is Verdict.PASS
                count[3] += inside >= 0 and verdict is Verdict.FAIL
                count[4] += verdict is Verdict.UNSEEN
        for rule_id, (wrong, right, passed, failed, unseen) in counts.items():
            if wrong + right:
                shares = [f"{a / b:.1%} of {b}" if b else "" for a, b in ((passed, wrong), (failed, right))]
                yield f"| {technique.id} | {rule_id} | {shares[0]} | {shares[1]} | {unseen / (wrong + right):.0%} |"


def picture(poses: Poses, ways: dict[str, Measures], target: Path) -> None:
    """Draw the error of knee and hip flexion against the camera's azimuth."""
    rows = []
    for name in _BARE:
        for azimuth in np.unique(poses.azimuth_deg):
            keep = poses.azimuth_deg == azimuth
            found: dict[str, FloatArray] = {}
            for way, result in ways.items():
                error, se = pooled(poses, result, name, keep)
                with np.errstate(invalid="ignore"):
                    found[way] = error[se <= QUANTITIES[name].max_error]
            for way, points in (("bare 2D", poses.track.image_px), ("bare 3D", poses.track.world_m)):
                found[way] = bare(poses, name, points, keep)
            rows += [
                {"measure": QUANTITIES[name].label, "azimuth": float(azimuth), "how": way,
                 "error": float(np.nanmean(np.abs(gap)))}
                for way, gap in found.items() if np.isfinite(gap).sum() >= LEAST_FRAMES
            ]  # fmt: skip
    chart = alt.Chart(pd.DataFrame(rows)).mark_line(point=True).encode(
        alt.X("azimuth:Q", title="camera azimuth (deg): 0 faces the working side, 90 the front or feet",
              scale=alt.Scale(domain=[-180, 180])),
        alt.Y("error:Q", title="mean absolute error (deg)"),
        alt.Color("how:N", title=None),
    ).properties(width=420, height=240).facet(column=alt.Column("measure:N", title=None))  # fmt: skip
    chart.save(str(target))


def main() -> None:
    """Judge the measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    poses = load(*options.files)
    ways = {"posecheck": measured(poses.track), "closed form": measure(poses.track)}
    lines = [f"# Accuracy on {len(poses.label)} rendered frames of {len(_TECHNIQUES)} techniques"]
    for view, keep in (views(poses) | legs(poses)).items():
        lines += measure_table(poses, ways, view, keep)
    lines += crossing(poses, ways)
    for view in ("recommended", "everywhere"):
        lines += rule_table(poses, ways["posecheck"], view, views(poses)[view])
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "accuracy.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    picture(poses, ways, options.out / "accuracy.svg")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
