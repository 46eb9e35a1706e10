"""What the good sample clips come to beside the truth: the time in position, and the movement that is done in it.

    python benchmarks/samples.py            # all of them, some minutes; writes benchmarks/results/samples.md

Each clip goes through the real model as `posecheck analyze` has it, judged without the body's height and with it. The
truth is scripted: how long the position is kept, and what the figure's joints, its pelvis and the partner's hands
really do, by the same meters or, for rolling, from one turning point of the pelvis to the next.
"""

from __future__ import annotations

import argparse
import itertools
import json
import runpy
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.clips import watched
from benchmarks.rolling import turning_points
from posecheck.catalog import load_techniques
from posecheck.hands import COLUMNS_OF_HANDS
from posecheck.landmarks import Side
from posecheck.phase import Spread, SwingSummary
from posecheck.pose import FloatArray
from posecheck.quantities import QUANTITIES, quantity_of
from posecheck.result import SessionResult
from posecheck.rubbing import fit
from posecheck.samples import SampleClip, sample_clip
from posecheck.session import assess
from posecheck.studio.figure import figure_of
from posecheck.studio.film import Take
from posecheck.studio.motion import rolling_axis
from posecheck.swing_summary import summarise
from posecheck.swings import SIZES, Moved, SwingMeter
from posecheck.technique import Rule, Technique, measure_key
from posecheck.watcher import open_watcher

RESULTS: Final = Path(__file__).parent / "results" / "samples.md"
_SCRIPT: Final = Path(__file__).parents[1] / "scripts" / "make_samples.py"
LEFT: Final = 1.0
"""Degrees or centimetres by which a leg or hands have left the place where they rested."""
_UNHURRIED: Final = 1e3
"""A limit of speed that nothing exceeds."""


class Row(NamedTuple):
    """A quantity of a clip as it came out, with its standard error, and the truth."""

    what: str
    unit: str
    measured: float
    se: float
    true: float


class Truth(NamedTuple):
    """What is true of a clip: frame by frame as the file beside it has it, and the take that it was made from."""

    frames: Sequence[Mapping[str, float]]
    take: Take

    @classmethod
    def of(cls, sample: SampleClip) -> Truth:
        """Read it."""
        takes = {each.name: each for each in runpy.run_path(str(_SCRIPT))["SAMPLES"]}
        frames = json.loads(sample.truth.read_text(encoding="utf-8"))["frames"]
        return cls(frames, takes[sample.clip.stem].take())

    def course(self, column: str) -> FloatArray:
        """A measure's true values, shape (F,)."""
        return np.array([frame[column] for frame in self.frames])

    def begun_s(self, technique: Technique) -> float:
        """When the time in position truly begins.

        As scripted where rolling ends or a partner begins then, whose work has begun when what it moves has left its
        place; else as soon as the true values are within all required bands for good, which is somewhat before the last
        movement into the position is over.
        """
        scripted_s = self.take.story.holds_s[0][0]
        if technique.movement is not None and technique.people > 1:
            course = self.course(measure_key(technique.movement.measure, technique.movement.side, self.take.side))
            times = self.course("t")
            left = np.abs(course - np.interp(scripted_s, times, course)) > LEFT
            return float(times[left & (times > scripted_s)][0])
        if technique.people > 1 or technique.rolling is not None:
            return scripted_s
        begun = scripted_s
        for frame in reversed([frame for frame in self.frames if frame["t"] <= scripted_s]):
            if not all(_is_right(rule, frame, self.take.side) for rule in technique.rules if rule.required):
                break
            begun = frame["t"]
        return begun


def _is_right(rule: Rule, frame: Mapping[str, float], side: Side) -> bool:
    """Whether a true value is within its band; nothing is said of what has no truth."""
    value = frame.get(measure_key(rule.measure, rule.side, side))
    low, high = rule.target.min, rule.target.max
    return value is None or ((low is None or value >= low) and (high is None or value <= high))


def rows_of(result: SessionResult, truth: Truth, technique: Technique) -> Iterator[Row]:
    """All that a clip is to show."""
    ((_, end_s),) = truth.take.story.holds_s
    best = max(result.holds, key=lambda hold: hold.held_s)
    yield Row("in position", "s", best.held_s, 0.0, end_s - truth.begun_s(technique))
    yield Row("its end", "s", best.end_s, 0.0, end_s)
    if technique.rolling is not None:
        yield from _rolled(result, truth.take)
    if technique.rubbing is not None:
        yield from _rubbed(result, truth, technique)
    elif technique.movement is not None and result.movement is not None and result.movement.swings is not None:
        unit = QUANTITIES[technique.movement.measure].short_unit.strip()
        column = measure_key(technique.movement.measure, technique.movement.side, result.side)
        yield from _swung(result.movement.swings, _true_swings(truth, column), unit)


def _rolled(result: SessionResult, take: Take) -> Iterator[Row]:
    """Length and speed of a stroke."""
    times, axis = np.array(take.times_s), rolling_axis(take.story.script.at(take.story.in_position_s))
    way_m = np.array([float(figure_of(take.story.script.at(t)).pelvis @ axis) for t in take.times_s])
    rolled = (times > take.story.in_position_s) & (times < take.story.holds_s[0][0])
    points = turning_points(way_m[rolled], times[rolled])
    ways = [(abs(b_m - a_m), b_s - a_s) for (a_s, a_m), (b_s, b_m) in itertools.pairwise(points)]
    found = result.strokes
    if found is None or not ways:
        return
    length_cm = 100.0 * float(np.mean([way for way, _ in ways]))
    speed_cm_s = 100.0 * float(np.mean([way / took_s for way, took_s in ways]))
    yield _row("length of a stroke", "cm", found.length_cm, length_cm)
    yield _row("its speed", "cm/s", found.speed_cm_s, speed_cm_s)


def _rubbed(result: SessionResult, truth: Truth, technique: Technique) -> Iterator[Row]:
    """How far, how often and in which direction the hands rub."""
    assert technique.rubbing is not None
    times, begun_s = truth.course("t"), truth.take.story.holds_s[0][0]
    hands_cm = np.column_stack([truth.course(COLUMNS_OF_HANDS[at]) for at in (0, 2)])
    within = (times > begun_s) & (times < begun_s + 5.0)
    true = fit(times[within], hands_cm[within] / 100.0)
    found = result.rubbing
    if found is None or true is None:
        return
    angle_deg = true.angle_deg(technique.rubbing.fibre_deg, result.side is Side.RIGHT)
    yield _row("from end to end", "cm", found.far_cm, 100.0 * true.far_m)
    yield _row("back and forth", "/s", found.rate_hz, true.rate_hz)
    yield _row("angle to the fibres", "°", found.angle_deg, angle_deg)


def _true_swings(truth: Truth, column: str) -> SwingSummary:
    """What a joint or the partner's hands really do, by the meter that measures it."""
    meter = SwingMeter(SIZES[quantity_of(column).unit])
    for time_s, value in zip(truth.course("t").tolist(), truth.course(column).tolist(), strict=True):
        meter.push(time_s, Moved(value, 0.0, 0.0, 0.0), time_s > truth.take.story.holds_s[0][0] - 1.0)
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
    return [
        assess(track, technique, sample.side, partners=partners, company=company, height_m=known_m)[0]
        for known_m in (None, height_m)
    ]


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
    lines = ["| clip | what | truth | measured | with the height known |", "| --- | --- | --- | --- | --- |"]
    for name, technique in load_techniques().items():
        if options.techniques and name not in options.techniques:
            continue
        sample = sample_clip(name)
        truth = Truth.of(sample)
        results = looked_at(sample, technique, truth.take.story.at(0.0)[0].body.height_m)
        rows = zip(*(rows_of(result, truth, technique) for result in results), strict=True)
        lines += [_line(name if i == 0 else "", row, known) for i, (row, known) in enumerate(rows)]
        print(name, file=sys.stderr, flush=True)
    if not options.techniques:
        RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
