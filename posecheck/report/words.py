"""Numbers, targets and causes as a person would say them: shared by charts, report and pages."""

from __future__ import annotations

import math
from dataclasses import dataclass

from posecheck.endings import CLIP_END, COMPLETED, IDLE, LEFT_VIEW, MAXIMUM, RELEASED
from posecheck.quantities import Quantity, quantity_of
from posecheck.result import HoldSpan, SessionResult
from posecheck.technique import Band, Rule, Technique, measure_key

NOT_SEEN = "not seen"
LONG_CLIP_S = 90.0
"""From this length on, times are printed as minutes and seconds."""


@dataclass(frozen=True)
class HoldWords:
    """What a span in which all required rules pass is called: one, several, and what is done for so long."""

    one: str
    many: str
    done: str

    def counted(self, count: int) -> str:
        """``1 hold``, ``2 holds``."""
        return f"{count} {self.one if count == 1 else self.many}"


HOLD = HoldWords("hold", "holds", "held")
TREATMENT = HoldWords("treatment", "treatments", "treated")


def hold_words(technique: Technique) -> HoldWords:
    """Who treats somebody does not hold still, and no report of it should say so."""
    return TREATMENT if technique.hold.is_treatment else HOLD


def how_long(technique: Technique) -> str:
    """How long to stay in the position: ``Hold for 30 to 60 s``; who moves in it goes on, and holds nothing still."""
    hold, verb = technique.hold, "Go on" if technique.movement or technique.rubbing else "Hold"
    if hold.maximum_s == hold.target_s:
        return f"{verb} for {hold.target_s:g} s"
    return f"{verb} for {hold.target_s:g} to {hold.maximum_s:g} s"


def moment(time_s: float, clip_s: float) -> str:
    """A point in time: ``6.2 s``, or ``1:06`` in a long clip."""
    if clip_s <= LONG_CLIP_S:
        return f"{_plain(time_s, 1)} s"
    minutes, seconds = divmod(math.floor(max(0.0, time_s) + 1e-6), 60)
    return f"{minutes}:{seconds:02d}"


def duration(seconds: float) -> str:
    """A length of time: ``17.3 s``, or ``2 min 5 s`` from two minutes on.

    Rounded down: 29.97 s of 30 s must not read as if they were held.
    """
    if seconds < 120:
        return f"{_plain(math.floor(10 * seconds + 1e-6) / 10, 1)} s"
    minutes, rest = divmod(math.floor(seconds + 1e-6), 60)
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def amount(value: float | None, quantity: Quantity, *, unit: bool = True) -> str:
    """A measured value with its unit, or ``not seen`` for None and NaN; never 0 for what was not measured."""
    if value is None or not math.isfinite(value):
        return NOT_SEEN
    number = _plain(value, quantity.decimals)
    return f"{number}{quantity.short_unit}" if unit else number


def share(part: float) -> str:
    """A share, 0 to 1, in percent; neither 0 nor 100 unless it is exactly that."""
    percent = 100 * part
    if 0 < percent < 1:
        return "under 1%"
    if 99 < percent < 100:
        return "over 99%"
    return f"{percent:.0f}%"


def column_label(column: str) -> str:
    """A measure's name: ``Knee flexion (left)``."""
    _, _, side = column.partition(".")
    label = quantity_of(column).label
    return f"{label} ({side})" if side else label


def rule_label(rule: Rule, result: SessionResult) -> str:
    """Name of what a rule asks for, on the side it asks for: ``Foot above the floor (left)``."""
    return column_label(measure_key(rule.measure, rule.side, result.side))


def unit_name(quantity: Quantity) -> str:
    """A unit as a word: ``degrees``, ``shank lengths``."""
    words = {"deg": "degrees", "%": "percent sure"}
    return words.get(quantity.unit, quantity.short_unit.strip())


def target(rule: Rule) -> str:
    """A rule's target band: ``between 12° and 45°``, ``at most 0.45 shank lengths``."""
    return band(rule.target, rule.quantity.short_unit)


def band(ends: Band, unit: str) -> str:
    """A band in words, its numbers as they were written in the technique's file.

    Parameters
    ----------
    ends : Band
        With at least one end.
    unit : str
        As printed behind a number: a sign such as ``°`` stands behind each, a word such as `` s`` behind the last.
    """
    if ends.min is not None and ends.max is not None:
        return f"between {ends.min:g}{'' if unit.startswith(' ') else unit} and {ends.max:g}{unit}"
    return f"at least {ends.min:g}{unit}" if ends.min is not None else f"at most {ends.max:g}{unit}"


def asked_for(ends: Band | None, unit: str) -> str:
    """What is asked for, to stand behind what was measured: ``; asked for: at least 40°``; nothing without a band."""
    return f"; asked for: {band(ends, unit)}" if ends else ""


def tolerance(rule: Rule) -> str:
    """A rule's tolerance with its unit; empty when there is none."""
    return f"{rule.tolerance:g}{rule.quantity.short_unit}" if rule.tolerance else ""


def cue(rule: Rule, result: SessionResult, technique: Technique) -> str:
    """The cue that was given for a rule, or the one that would be."""
    summary = result.rules.get(rule.id)
    given = summary.cue if summary else ""
    return given or technique.say(rule.cue_for(math.nan), result.side)


def cause(ended_by: str, result: SessionResult, technique: Technique) -> str:
    """Why a hold ended, for a cause of `HoldSpan.ended_by`."""
    known = {
        COMPLETED: "the target was reached",
        MAXIMUM: "the longest time allowed was reached",
        RELEASED: "the tension let go",
        CLIP_END: "the session ended",
        IDLE: "the movement stopped",
        LEFT_VIEW: "could not be seen well enough",
    }
    if ended_by in known:
        return known[ended_by]
    for rule in technique.rules:
        if rule.id == ended_by:
            return f"{rule_label(rule, result).lower()} no longer on target (“{cue(rule, result, technique)}”)"
    return f"rule “{ended_by}” no longer on target"


def ending(hold: HoldSpan, result: SessionResult, technique: Technique) -> str:
    """How a hold ended, one sentence; for one that reached its target, only that."""
    if hold.ended_by == COMPLETED:
        return "Target reached."
    return f"Ended: {cause(hold.ended_by, result, technique)}."


def hold_title(number: int, hold: HoldSpan, result: SessionResult, technique: Technique) -> str:
    """One line about a hold: its number, when it was and how long it counted."""
    span = f"{moment(hold.start_s, result.clip.duration_s)} to {moment(hold.end_s, result.clip.duration_s)}"
    named = hold_words(technique)
    return f"{named.one.capitalize()} {number}: {duration(hold.held_s)} {named.done}, from {span}"


def _plain(value: float, decimals: int) -> str:
    """A number without a minus before zero."""
    return f"{round(value, decimals) + 0.0:.{decimals}f}"
