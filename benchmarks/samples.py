"""What the good sample clips come to beside the truth: the time in position, and the movement that is done in it.

    python benchmarks/samples.py            # all of them, some minutes; writes benchmarks/results/samples.md

Each clip goes through the real model as `posecheck analyze` has it, judged without the body's height and with it. The
truth is scripted: how long the position is kept, and what the figure's joints, its pelvis and the partner's hands
really do, by the same meters or, for rolling, from one turning point of the pelvis to the next.
"""

from __future__ import annotations

import argparse
import itertools
import runpy
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.clips import watched
from benchmarks.rolling import turning_points
from posecheck.catalog import load_techniques
from posecheck.hands import COLUMNS_OF_HANDS
from posecheck.landmarks import Side
from posecheck.phase import Spread, SwingSummary
from posecheck.pose import FloatArray
from posecheck.quantities import QUANTITIES
from posecheck.result import ClipInfo, SessionResult
from posecheck.rubbing import fit
from posecheck.samples import SampleClip, sample_clip
from posecheck.session import Session
from posecheck.studio.figure import figure_of
from posecheck.studio.film import Take
from posecheck.studio.motion import rolling_axis
from posecheck.studio.partner import true_hands
from posecheck.studio.truth import true_measures
from posecheck.swings import SIZES, Moved, SwingMeter, summarise
from posecheck.technique import Technique, measure_key
from posecheck.watcher import open_watcher

RESULTS: Final = Path(__file__).parent / "results" / "samples.md"
_SCRIPT: Final = Path(__file__).parents[1] / "scripts" / "make_samples.py"
_UNHURRIED: Final = 1e3
"""A limit of speed that nothing exceeds."""


class Row(NamedTuple):
    """A quantity of a clip as it came out, with its standard error, and the truth."""

    what: str
    unit: str
    measured: float
    se: float
    true: float


def rows_of(result: SessionResult, take: Take, technique: Technique) -> Iterator[Row]:
    """All that a clip is to show."""
    ((_, end_s),) = take.story.holds_s
    best = max(result.holds, key=lambda hold: hold.held_s)
    yield Row("in position", "s", best.held_s, 0.0, end_s - begun_s(take, technique))
    yield Row("its end", "s", best.end_s, 0.0, end_s)
    if technique.rolling is not None:
        yield from _rolled(result, take)
    if technique.rubbing is not None:
        yield from _rubbed(result, take, technique)
    elif technique.movement is not None and result.movement is not None and result.movement.swings is not None:
        unit = QUANTITIES[technique.movement.measure].short_unit.strip()
        column = measure_key(technique.movement.measure, technique.movement.side, result.side)
        yield from _swung(result.movement.swings, _true_swings(take, column), unit)


def begun_s(take: Take, technique: Technique) -> float:
    """When the time in position truly begins.

    As scripted where rolling ends or a partner begins then; else as soon as the true values are within all required
    bands for good, which is somewhat before the last movement into the position is over.
    """
    scripted_s = take.story.holds_s[0][0]
    if technique.people > 1 or take.story.in_position_s < scripted_s:
        return scripted_s
    begun = scripted_s
    for time_s in reversed([time_s for time_s in take.times_s if time_s <= scripted_s]):
        true = true_measures(take.story.at(time_s)[0])
        bands = [
            (true[column], rule.target)
            for rule in technique.rules
            if rule.required and (column := measure_key(rule.measure, rule.side, take.side)) in true
        ]
        if not all(
            (band.min is None or value >= band.min) and (band.max is None or value <= band.max) for value, band in bands
        ):
            break
        begun = time_s
    return begun


def _rolled(result: SessionResult, take: Take) -> Iterator[Row]:
    """Length and speed of a stroke."""
    times, axis = np.array(take.times_s), rolling_axis(take.story.script.at(take.story.in_position_s))
    way_m = np.array([float(figure_of(take.story.script.at(t)).pelvis @ axis) for t in take.times_s])
    (begun_s, stopped_s) = take.story.in_position_s, take.story.holds_s[0][0]
    rolled = (times > begun_s) & (times < stopped_s)
    points = turning_points(way_m[rolled], times[rolled])
    ways = [(abs(b_m - a_m), b_s - a_s) for (a_s, a_m), (b_s, b_m) in itertools.pairwise(points)]
    found = result.strokes
    if found is None or not ways:
        return
    length_cm = 100.0 * float(np.mean([way for way, _ in ways]))
    speed_cm_s = 100.0 * float(np.mean([way / took_s for way, took_s in ways]))
    yield _row("length of a stroke", "cm", found.length_cm, length_cm)
    yield _row("its speed", "cm/s", found.speed_cm_s, speed_cm_s)


def _rubbed(result: SessionResult, take: Take, technique: Technique) -> Iterator[Row]:
    """How far, how often and in which direction the hands rub."""
    assert technique.rubbing is not None
    times, hands = _hands(take)
    within = (times > take.story.holds_s[0][0]) & (times < take.story.holds_s[0][0] + 5.0)
    truth = fit(times[within], hands[within] / 100.0)
    found = result.rubbing
    if found is None or truth is None:
        return
    angle_deg = truth.angle_deg(technique.rubbing.fibre_deg, result.side is Side.RIGHT)
    yield _row("from end to end", "cm", found.far_cm, 100.0 * truth.far_m)
    yield _row("back and forth", "/s", found.rate_hz, truth.rate_hz)
    yield _row("angle to the fibres", "°", found.angle_deg, angle_deg)


def _hands(take: Take) -> tuple[FloatArray, FloatArray]:
    """Times, and where the partner's hands really are toward head and right, cm, shape (F, 2)."""
    both = [true_hands(*take.story.at(time_s)) for time_s in take.times_s]
    return np.array(take.times_s), np.array([[hands[COLUMNS_OF_HANDS[at]] for at in (0, 2)] for hands in both])


def _true_swings(take: Take, column: str) -> SwingSummary:
    """What a joint or the partner's hands really do, by the meter that measures it."""
    name = column.partition(".")[0]
    meter = SwingMeter(SIZES[QUANTITIES[name].unit])
    for time_s in take.times_s:
        figure, *others = take.story.at(time_s)
        value = true_hands(figure, *others)[column] if column in COLUMNS_OF_HANDS else true_measures(figure)[column]
        meter.push(time_s, Moved(float(value), 0.0, 0.0, 0.0), time_s > take.story.holds_s[0][0] - 1.0)
    return summarise(meter.swings, _UNHURRIED)


def _swung(found: SwingSummary, true: SwingSummary, unit: str) -> Iterator[Row]:
    named = {"range": ("range", unit), "speed": ("its speed", f"{unit}/s"), "tempo_s": ("there and back", "s")}
    for name, (what, each) in named.items():
        truth = getattr(true, name)
        if truth is not None:
            yield _row(what, each, getattr(found, name), truth.mean)


def _row(what: str, unit: str, found: Spread | None, true: float) -> Row:
    mean, se = (found.mean, found.standard_error) if found is not None else (np.nan, np.nan)
    return Row(what, unit, mean, se, true)


def looked_at(sample: SampleClip, technique: Technique, height_m: float) -> list[SessionResult]:
    """The clip, checked with the real model: by who does not know how tall the person is, and by who does."""
    with closing(open_watcher(technique)) as watcher:
        track, partners, company = watched(sample.clip, watcher)
    results = []
    for known_m in (None, height_m):
        session = Session(technique, sample.side, height_m=known_m)
        session.push_track(track, partners, company)
        clip = ClipInfo(
            name=sample.clip.stem, duration_s=float(track.time_s[-1]), frames=len(track), size=track.size_px
        )
        results.append(session.finish(clip)[0])
    return results


def _line(clip: str, row: Row, known: Row) -> str:
    """Both columns hold the same where the height makes no difference, and then one of them is left empty."""
    cells = [_told(row), "" if known == row else _told(known)]
    return f"| {clip} | {row.what} | {row.true:.1f} {row.unit} | {' | '.join(cells)} |"


def _told(row: Row) -> str:
    if not np.isfinite(row.measured):
        return "unseen"
    se = f" ± {row.se:.1f}" if row.se else ""
    return f"{row.measured:.1f}{se} {row.unit} ({(row.measured - row.true) / row.true:+.0%})"


def main() -> None:
    """Print the table, and write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("techniques", nargs="*", help="only these; the table is then printed alone")
    options = parser.parse_args()
    takes: dict[str, Any] = {sample.name: sample for sample in runpy.run_path(str(_SCRIPT))["SAMPLES"]}
    lines = ["| clip | what | truth | measured | with the height known |", "| --- | --- | --- | --- | --- |"]
    for name, technique in load_techniques().items():
        if options.techniques and name not in options.techniques:
            continue
        sample = sample_clip(name)
        take = takes[sample.clip.stem].take()
        results = looked_at(sample, technique, take.story.at(0.0)[0].body.height_m)
        rows = zip(*(rows_of(result, take, technique) for result in results), strict=True)
        lines += [_line(name if i == 0 else "", row, known) for i, (row, known) in enumerate(rows)]
        print(name, file=sys.stderr, flush=True)
    if not options.techniques:
        RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
