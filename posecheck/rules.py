"""Measures and a technique's rules give verdicts. Stateless: what was said before comes in as an argument."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from posecheck.landmarks import Side
from posecheck.result import Reading, Verdict
from posecheck.technique import Rule, Technique, measure_key

CERTAIN_SE: Final = 2.0
"""A measure with a large error still tells, when it lies this many standard errors from the edge of the band."""
PASS_SE: Final = 2.33
"""A rule passes only where the truth lies within its tolerance by so many standard errors: with 99% certainty, since a
wrong "well done" is worse than none. On the grid of docs/accuracy.md, 0.9% of broken rules pass; with 1.64, 2.7%."""
FAIL_SE: Final = 1.0
"""And fails only where the truth lies outside its band, less the tolerance, by so many."""
ERROR_HYSTERESIS: Final = 1.25
"""A rule that is seen stays seen until its error is this much above the limit, so that it does not flicker."""

_UNSEEN = Reading(math.nan, math.nan)


def judge_rule(rule: Rule, reading: Reading, before: Verdict) -> Verdict:
    """Verdict of one rule in one frame.

    Parameters
    ----------
    rule : Rule
        With its band, tolerance and error limit.
    reading : Reading
        Value and standard error, NaN when unseen.
    before : Verdict
        The rule's verdict in the frame before. A passing rule fails only past the tolerance; a failing one passes only
        within the band.

    Returns
    -------
    Verdict
        UNSEEN when the value is missing, when its error is above the limit and it does not lie well to one side, or
        when it lies so near an edge of the band that the error leaves the answer open.
    """
    if not (math.isfinite(reading.value) and math.isfinite(reading.se)):
        return Verdict.UNSEEN
    low = -math.inf if rule.target.min is None else rule.target.min
    high = math.inf if rule.target.max is None else rule.target.max
    inside = min(reading.value - low, high - reading.value)
    limit = rule.error_limit * (1.0 if before is Verdict.UNSEEN else ERROR_HYSTERESIS)
    if reading.se > limit and abs(inside) < CERTAIN_SE * reading.se:
        return Verdict.UNSEEN
    # What was certain once stays so on its side of the band: errors change slowly, and movements are seen better.
    if before is Verdict.PASS and inside >= -rule.tolerance:
        return Verdict.PASS
    if inside >= 0.0:
        certain = rule.quantity.errs_upward or inside + rule.tolerance >= PASS_SE * reading.se
        return Verdict.PASS if certain else Verdict.UNSEEN
    certain = before is Verdict.FAIL or rule.tolerance - inside >= FAIL_SE * reading.se
    return Verdict.FAIL if certain else Verdict.UNSEEN


def judge(
    technique: Technique, side: Side, readings: Mapping[str, Reading], before: Mapping[str, Verdict]
) -> dict[str, Verdict]:
    """Verdicts of all rules in one frame, by rule id.

    Parameters
    ----------
    technique : Technique
        The rules.
    side : Side
        The side being worked on.
    readings : mapping of str to Reading
        By column, e.g. ``knee_flexion.left``; a column left out is unseen.
    before : mapping of str to Verdict
        Verdicts of the frame before; empty in the first.
    """
    return {
        rule.id: judge_rule(
            rule,
            readings.get(measure_key(rule.measure, rule.side, side), _UNSEEN),
            before.get(rule.id, Verdict.UNSEEN),
        )
        for rule in technique.rules
    }


def in_position(technique: Technique, verdicts: Mapping[str, Verdict]) -> bool:
    """Whether every required rule passes."""
    return all(verdicts[rule.id] is Verdict.PASS for rule in technique.rules if rule.required)
