"""What a gauge says: which rule it is about, its value and its target in words, and the ends of its scale."""

from __future__ import annotations

from math import isfinite

from posecheck.phase import PHASE_WORDS, Phase
from posecheck.result import CueKind, FrameResult, Reading, Verdict
from posecheck.technique import Rule, Technique, measure_key

_BESIDE_BAND = {"deg": 30.0, "%": 25.0, "shank": 0.4, "trunk": 0.4, "cm": 20.0, "m": 0.2, "m/s": 0.2}
"""How far a scale reaches past the band, at least, in the measure's unit; past it the needle stops at the end."""


def rule_in_focus(technique: Technique, result: FrameResult) -> Rule | None:
    """The one rule whose gauge is shown: that of the cue, else the first that fails.

    None when there is nothing to show: everything passes, the cue is about what the camera sees, or the value was
    not seen. An unseen value is never drawn.
    """
    cue = result.cue
    if cue is not None and cue.kind is CueKind.VIEW:
        return None
    named = [rule for rule in technique.rules if cue is not None and rule.id == cue.rule]
    failing = [rule for rule in technique.rules if result.verdicts.get(rule.id) is Verdict.FAIL]
    return next((rule for rule in named + failing if reading_of(rule, result) is not None), None)


def doing(result: FrameResult) -> str:
    """What the person does, where the hold ring does not say it."""
    return PHASE_WORDS[result.phase] if result.phase in (Phase.ROLL, Phase.SWITCH) else ""


def reading_of(rule: Rule, result: FrameResult) -> Reading | None:
    """The reading that a rule's verdict was made from; None when the rule is unseen."""
    reading = result.readings.get(measure_key(rule.measure, rule.side, result.side))
    seen = result.verdicts.get(rule.id, Verdict.UNSEEN) is not Verdict.UNSEEN
    return reading if seen and reading is not None and isfinite(reading.value) else None


def value_text(rule: Rule, reading: Reading, verdict: Verdict) -> str:
    """The value with its standard error, e.g. ``72 ±4°``; a failing value is never rounded into its band."""
    digits = rule.quantity.decimals
    step = 10.0**-digits
    low, high, value = rule.target.min, rule.target.max, reading.value
    shown = round(value, digits)
    if verdict is Verdict.FAIL and low is not None and value < low <= shown:
        shown -= step
    if verdict is Verdict.FAIL and high is not None and value > high >= shown:
        shown += step
    # Adding zero turns -0 into 0.
    # A probability says by itself how sure it is.
    error = "" if rule.quantity.unit == "%" else _error_text(reading.se, digits)
    number = f"{round(shown, digits) + 0.0:.{digits}f}{error}"
    return f"{number}{unit_sign(rule)}"


def _error_text(error: float, digits: int) -> str:
    """The standard error, rounded up: a little less sure is the honest side."""
    if not isfinite(error):
        return ""
    rounded = round(error, digits)
    if rounded < error * (1 - 1e-9):
        rounded += 10.0**-digits
    return f" ±{rounded:.{digits}f}"


def unit_sign(rule: Rule) -> str:
    """The unit when it is a sign that belongs to the number; a unit in words is written smaller, beside it."""
    return rule.quantity.short_unit if rule.quantity.has_sign else ""


def target_text(rule: Rule) -> str:
    """The band: ``» 80-100°``, ``» at least 80°``, ``» at most 0.35``."""
    low, high, unit = rule.target.min, rule.target.max, unit_sign(rule)
    if low is None:
        return f"» at most {high:g}{unit}"
    if high is None:
        return f"» at least {low:g}{unit}"
    return f"» {low:g}{'-' if low >= 0 else ' to '}{high:g}{unit}"


def scale_ends(rule: Rule) -> tuple[float, float]:
    """The measure's values at the ends of a rule's gauge: the band, and at least as much again beside it."""
    least = _BESIDE_BAND[rule.quantity.unit]
    low, high = rule.target.min, rule.target.max
    if low is not None and high is not None:
        beside = max(least, high - low)
        return low - beside, high + beside
    end = (low or 0.0) + (high or 0.0)  # one of them is left out
    return end - 2 * least, end + 2 * least
