"""What the report says: tiles, table rows and sentences, made from a session's numbers and nothing else."""

from __future__ import annotations

import math
from dataclasses import dataclass

from posecheck.quantities import QUANTITIES, quantity_of
from posecheck.report import words
from posecheck.report.series import share_of
from posecheck.report.swings import rub_lines, swing_lines
from posecheck.result import MovementSummary, SafetyRecord, SessionResult, Timeline, Verdict
from posecheck.safety import WORST_PAIN, Outcome, Safety
from posecheck.technique import Band, Rule, Technique, measure_key

MOSTLY = 0.5
"""Of the frames: who is seen for so long and does not swing does not swing."""
VERDICT_WORDS = {Verdict.PASS: "on target", Verdict.FAIL: "off target", Verdict.UNSEEN: words.NOT_SEEN}


@dataclass(frozen=True)
class Tile:
    """A key number: its name, the number, what to compare it with, and how much of a target it is (0 to 1)."""

    label: str
    number: str
    notes: tuple[str, ...]
    part: float | None = None


@dataclass(frozen=True)
class RuleRow:
    """A rule in words and seconds.

    Parameters
    ----------
    label, target, tolerance, cue : str
        In words; the tolerance is empty when there is none.
    required : bool
        Whether the hold clock stops when it does not pass.
    seconds : tuple of str
        Time on target, off target and not seen.
    parts : tuple of float
        The same in percent of their sum; empty when there is no time to split (a still).
    first : str
        Verdict and value in the first frame: what there is to say about a still.
    """

    label: str
    target: str
    tolerance: str
    cue: str
    required: bool
    seconds: tuple[str, str, str]
    parts: tuple[float, ...]
    first: str

    @property
    def sentence(self) -> str:
        """The row for whoever does not see its chart."""
        on, off, unseen = self.seconds
        return f"{self.label}, target {self.target}: on target for {on}, off target for {off}, not seen for {unseen}."


@dataclass(frozen=True)
class MeasureRow:
    """A measure's numbers: mean, lowest, highest, standard error, and the share of frames in which it was seen."""

    label: str
    unit: str
    numbers: tuple[str, ...]
    seen: str


def tiles(result: SessionResult, timeline: Timeline, technique: Technique) -> list[Tile]:
    """The key numbers of a session."""
    named = words.hold_words(technique)
    best = words.duration(result.hold_best_s) if result.holds else "none seen"
    goal = f"of {result.hold_target_s:g} s asked for"
    reached = min(1.0, result.hold_best_s / result.hold_target_s) if result.hold_target_s > 0 else None
    breaks = sum(result.hold_breaks.values())
    causes = tuple(
        f"{'once' if count == 1 else f'{count} times'}: {words.cause(ended_by, result, technique)}"
        for ended_by, count in result.hold_breaks.items()
    )
    required = [rule.id for rule in technique.rules if rule.required]
    unseen = share_of(timeline, required, Verdict.UNSEEN)
    return [
        Tile(f"Best {named.one}", best, (goal,), reached),
        Tile(f"Total {named.done}", words.duration(result.hold_total_s), (f"in {named.counted(len(result.holds))}",)),
        Tile(
            f"{named.many.capitalize()} broken early",
            str(breaks),
            causes or (("none before the target",) if result.holds else ()),
        ),
        Tile(
            "Could not be judged",
            "all" if unseen is None else words.share(unseen),
            ("of the time, because something a required rule needs was not seen",),
        ),
    ]


def rule_row(rule: Rule, result: SessionResult, timeline: Timeline, technique: Technique) -> RuleRow:
    """A rule's line in the report. A rule that the result does not mention was not seen at all."""
    summary = result.rules.get(rule.id)
    seconds = (summary.pass_s, summary.fail_s, summary.unseen_s) if summary else (0.0, 0.0, result.clip.duration_s)
    total = sum(seconds)
    on, off, unseen = (words.duration(part) for part in seconds)
    return RuleRow(
        label=words.rule_label(rule, result),
        target=words.target(rule),
        tolerance=words.tolerance(rule),
        cue=words.cue(rule, result, technique),
        required=rule.required,
        seconds=(on, off, unseen),
        parts=tuple(100 * part / total for part in seconds) if total > 0 else (),
        first=_first(rule, result, timeline),
    )


def _first(rule: Rule, result: SessionResult, timeline: Timeline) -> str:
    verdicts = timeline.verdicts.get(rule.id)
    verdict = Verdict(str(verdicts[0])) if verdicts is not None and len(verdicts) else Verdict.UNSEEN
    if verdict is Verdict.UNSEEN:
        return words.NOT_SEEN
    measurement = timeline.measures.get(measure_key(rule.measure, rule.side, result.side))
    value = float(measurement.value[0]) if measurement is not None else math.nan
    return f"{VERDICT_WORDS[verdict]} ({words.amount(value, rule.quantity)})"


def measure_rows(result: SessionResult, technique: Technique) -> list[MeasureRow]:
    """All measures of a session: those that the rules ask for first."""
    asked = [measure_key(rule.measure, rule.side, result.side) for rule in technique.rules]
    known = [column for column in result.measures if column.partition(".")[0] in QUANTITIES]
    return [_measure_row(column, result) for column in sorted(known, key=lambda column: column not in asked)]


def _measure_row(column: str, result: SessionResult) -> MeasureRow:
    summary, quantity = result.measures[column], quantity_of(column)
    numbers = (summary.mean, summary.min, summary.max, summary.standard_error)
    return MeasureRow(
        label=words.column_label(column),
        unit=words.unit_name(quantity),
        numbers=tuple(words.amount(number, quantity, unit=False) for number in numbers),
        seen=words.share(summary.seen_share) if summary.seen_share > 0 else words.NOT_SEEN,
    )


def moved_lines(result: SessionResult, technique: Technique) -> list[str]:
    """What the technique's movement and a partner's rubbing came to, as sentences; none for a technique without."""
    lines = movement_lines(result.movement, technique) if result.movement else []
    return [*lines, *(rub_lines(result.rubbing, technique.rubbing) if result.rubbing else [])]


def movement_lines(movement: MovementSummary, technique: Technique) -> list[str]:
    """Range and speed of the movement as sentences, beside what the technique asks for."""
    quantity, label = quantity_of(movement.measure), words.column_label(movement.measure)
    asked, swings = technique.movement, movement.swings
    seen = f"Seen in {words.share(movement.seen_share)} of the frames."
    if swings is not None and swings.range is not None:
        name, *others = swing_lines(swings, movement.measure.partition(".")[0], asked)
        return [f"{label}: {name}", *others, seen]
    if movement.range is None and movement.seen_share > MOSTLY:
        return [f"{label}: no swinging back and forth was seen.", seen]
    if movement.range is None:
        return [f"{label}: {words.NOT_SEEN} for long enough to tell range and speed."]
    error = words.amount(movement.range_standard_error, quantity)
    lines = [
        f"{label}: from {words.amount(movement.low, quantity)} to {words.amount(movement.high, quantity)}, "
        f"a range of {words.amount(movement.range, quantity)} (standard error {error})"
        f"{words.asked_for(asked.range if asked else None, quantity.short_unit)}.",
        f"Speed: usually {words.amount(movement.speed_median, quantity)} a second, "
        f"at most {words.amount(movement.speed_max, quantity)} a second"
        + (f"; allowed: {words.band(Band(max=asked.max_speed), quantity.short_unit)} a second." if asked else "."),
    ]
    return [*lines, seen]


def safety_lines(kept: SafetyRecord, safety: Safety) -> list[tuple[str, str]]:
    """What was asked before and after a session, as name and answer."""
    known = ((safety.question(question_id), question_id) for question_id, yes in kept.answers.items() if yes)
    applying = [question.question if question else question_id for question, question_id in known]
    lines = [("Asked before", "; ".join(applying) if applying else "None of the questions applied")]
    if kept.outcome == Outcome.NEEDS_CLEARANCE:
        confirmed = "Confirmed by the person" if kept.clearance_confirmed else "Not confirmed"
        lines.append(("Clearance by a professional", confirmed))
    lines += [("Pain before", _pain(kept.pain_before)), ("Pain after", _pain(kept.pain_after))]
    if kept.stopped_because:
        reason = safety.stop_reason(kept.stopped_because)
        lines.append(("Stopped because", reason.reason if reason else kept.stopped_because))
    return lines


def _pain(score: int | None) -> str:
    return "Not answered" if score is None else f"{score} of {WORST_PAIN}"
