"""What the report says of a session's course: a strip of its phases, and a sentence on the rolling."""

from __future__ import annotations

from dataclasses import dataclass

from posecheck.phase import PHASE_WORDS, Phase, StrokeSummary
from posecheck.report import words
from posecheck.result import SessionResult
from posecheck.technique import Band, Rolling

SIDE_COLUMNS = ("In position", "Times", "Longest", "In all")
"""What `side_rows` tells of each side."""


@dataclass(frozen=True)
class PhaseBar:
    """A piece of the strip: which phase, how wide (percent), when and how long in words."""

    phase: str
    word: str
    percent: float
    when: str
    lasted: str


def phase_bars(result: SessionResult) -> list[PhaseBar]:
    """The strip of phases, from left to right; empty where there is nothing to tell apart."""
    total_s = sum(span.end_s - span.start_s for span in result.phases)
    if total_s <= 0.0 or len(result.phases) < 2:
        return []
    clip_s = result.clip.duration_s
    return [
        PhaseBar(
            phase=span.phase.value,
            word=PHASE_WORDS[span.phase],
            percent=100.0 * (span.end_s - span.start_s) / total_s,
            when=f"{words.moment(span.start_s, clip_s)} to {words.moment(span.end_s, clip_s)}",
            lasted=words.duration(span.end_s - span.start_s),
        )
        for span in result.phases
    ]


def phase_totals(result: SessionResult) -> list[tuple[str, str, str]]:
    """Each phase that there was, in its order: its key, its word, and its time in all."""
    totals: dict[Phase, float] = {}
    for span in result.phases:
        totals[span.phase] = totals.get(span.phase, 0.0) + span.end_s - span.start_s
    return [(phase.value, PHASE_WORDS[phase], words.duration(seconds)) for phase, seconds in totals.items()]


def side_rows(result: SessionResult) -> list[tuple[str, tuple[str, str, str, str]]]:
    """Both sides beside each other, numbers as in `SIDE_COLUMNS`; empty when one alone was worked on."""
    if len(result.sides) < 2:
        return []
    return [
        (
            side.value,
            (
                words.duration(done.time_s),
                str(len(done.holds)),
                words.duration(done.hold_best_s),
                words.duration(done.hold_total_s),
            ),
        )
        for side, done in result.sides.items()
    ]


def rolling_line(strokes: StrokeSummary, asked: Rolling | None) -> str:
    """One plain sentence on the rolling, beside what the technique asks for."""
    if not strokes.count:
        return "No rolling back and forth was seen."
    start = f"Rolled for {words.duration(strokes.time_s)}, {strokes.counted}"
    if not strokes.measured:
        return f"{start}; how long and how fast they were could not be seen from this camera."
    if strokes.length_cm is None or strokes.speed_cm_s is None:
        return f"{start}, none of them from one turning point to another."
    limits = f"; asked for: {asked_strokes(asked)}" if asked is not None else ""
    fast = f" Too fast: {words.share(strokes.too_fast_share)} of those measured." if strokes.too_fast_share else ""
    length, speed = strokes.length_cm.told("cm"), strokes.speed_cm_s.told("cm a second")
    return f"{start} of {length} at {speed}{limits}.{fast}"


def asked_strokes(asked: Rolling) -> str:
    """How far and how fast to roll: ``between 5 and 25 cm, at most 8 cm a second``."""
    low, high = (None if end is None else 100.0 * end for end in (asked.stroke_m.min, asked.stroke_m.max))
    fastest = Band(max=100.0 * asked.max_speed_m_s)
    return f"{words.band(Band(min=low, max=high), ' cm')}, {words.band(fastest, ' cm')} a second"
