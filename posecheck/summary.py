"""A session's timeline, holds and cues become its result: totals, and one plain sentence."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from posecheck.endings import IDLE, LEFT_VIEW, RELEASED, UNBROKEN
from posecheck.hold import LONGEST_FRAME_GAP_S
from posecheck.landmarks import Side
from posecheck.phase import PhaseSpan, RubSummary, StrokeSummary
from posecheck.pose import FloatArray
from posecheck.result import (
    Asymmetry,
    ClipInfo,
    Cue,
    CueRecord,
    HoldSpan,
    Measurement,
    MeasureSummary,
    MovementSummary,
    RuleSummary,
    SessionResult,
    SideSummary,
    Timeline,
    Verdict,
)
from posecheck.technique import Rule, Technique

COMPANY_SHARE: Final = 0.5
"""Of the time, from which on company is what kept somebody from a hold."""


def build_result(
    technique: Technique,
    side: Side,
    clip: ClipInfo,
    timeline: Timeline,
    *,
    holds: Sequence[HoldSpan],
    cues: Sequence[Cue],
    phases: Sequence[PhaseSpan] = (),
    strokes: StrokeSummary | None = None,
    rubbing: RubSummary | None = None,
    sides: Mapping[Side, SideSummary] | None = None,
    asymmetry: Asymmetry | None = None,
    movement: MovementSummary | None = None,
    height_m: float | None = None,
    partner_seen_share: float | None = None,
    company_s: float = 0.0,
    mistaken_s: float = 0.0,
    notices: Sequence[str] = (),
    software: Mapping[str, str] | None = None,
    model: Mapping[str, str] | None = None,
) -> SessionResult:
    """The content of session.json; see `SessionResult` for each field.

    `company_s` is the time for which nothing was judged, because somebody else was close to who does it alone;
    `mistaken_s` that in which the position was kept on the other side than the one that was asked for.
    """
    spans = _rule_spans(timeline)
    rules = {rule.id: _rule_summary(technique, rule, side, spans[rule.id], cues) for rule in technique.rules}
    total_s, best_s = held(holds)
    broken = Counter(hold.ended_by for hold in holds if hold.ended_by not in UNBROKEN)
    return SessionResult(
        technique=technique.id,
        side=side,
        clip=clip,
        holds=[rounded(hold) for hold in holds],
        hold_total_s=total_s,
        hold_best_s=best_s,
        hold_target_s=technique.hold.target_s,
        hold_breaks=dict(broken),
        rules=rules,
        measures={name: _measure_summary(measurement) for name, measurement in timeline.measures.items()},
        movement=movement,
        cues=[CueRecord(time_s=round(cue.time_s, 3), rule=cue.rule, text=cue.text) for cue in cues],
        verdict=_verdict_sentence(technique, side, holds, rules, timeline, strokes, company_s, mistaken_s),
        phases=list(phases),
        strokes=strokes,
        rubbing=rubbing,
        sides=dict(sides or {}),
        asymmetry=asymmetry,
        height_cm=None if height_m is None else round(100.0 * height_m, 1),
        partner_seen_share=partner_seen_share,
        notices=list(notices),
        software=dict(software or {}),
        model=dict(model or {}),
    )


def held(holds: Sequence[HoldSpan]) -> tuple[float, float]:
    """Seconds held in all and in the longest hold, to the millisecond."""
    each = [hold.held_s for hold in holds]
    return round(sum(each), 3), round(max(each, default=0.0), 3)


def rounded(hold: HoldSpan) -> HoldSpan:
    """A hold to the millisecond."""
    return HoldSpan(
        start_s=round(hold.start_s, 3),
        end_s=round(hold.end_s, 3),
        held_s=round(hold.held_s, 3),
        ended_by=hold.ended_by,
    )


def _frame_spans(time_s: FloatArray) -> FloatArray:
    """Seconds that each frame stands for: to the next one, never more than the longest watched gap."""
    if len(time_s) < 2:
        return np.zeros(len(time_s))
    steps = np.diff(time_s)
    return np.minimum(np.append(steps, np.median(steps)), LONGEST_FRAME_GAP_S)


def _rule_spans(timeline: Timeline) -> dict[str, dict[Verdict, float]]:
    """Seconds of each verdict, by rule."""
    spans = _frame_spans(timeline.time_s)
    return {
        rule_id: {verdict: round(float(spans[verdicts == verdict.value].sum()), 3) for verdict in Verdict}
        for rule_id, verdicts in timeline.verdicts.items()
    }


def _rule_summary(
    technique: Technique, rule: Rule, side: Side, spans: Mapping[Verdict, float], cues: Sequence[Cue]
) -> RuleSummary:
    """Totals of a rule, with the cue given most often for it, or else the one that would have been."""
    own = {technique.say(text, side) for text in (rule.cue, rule.cue_low, rule.cue_high) if text}
    given = Counter(cue.text for cue in cues if cue.rule == rule.id and cue.text in own)
    text = given.most_common(1)[0][0] if given else technique.say(rule.cue_for(float("nan")), side)
    return RuleSummary(pass_s=spans[Verdict.PASS], fail_s=spans[Verdict.FAIL], unseen_s=spans[Verdict.UNSEEN], cue=text)


def _measure_summary(measurement: Measurement) -> MeasureSummary:
    seen = np.isfinite(measurement.value)
    if not seen.any():
        return MeasureSummary(mean=None, min=None, max=None, standard_error=None, seen_share=0.0)
    value = measurement.value[seen]
    return MeasureSummary(
        mean=round(float(value.mean()), 3),
        min=round(float(value.min()), 3),
        max=round(float(value.max()), 3),
        standard_error=round(float(np.median(measurement.se[seen])), 3),
        seen_share=round(float(seen.mean()), 4),
    )


def _verdict_sentence(
    technique: Technique,
    side: Side,
    holds: Sequence[HoldSpan],
    rules: Mapping[str, RuleSummary],
    timeline: Timeline,
    strokes: StrokeSummary | None,
    company_s: float,
    mistaken_s: float,
) -> str:
    """In plain words: was it held long enough, and if not, what to correct first."""
    target = technique.hold.target_s
    # Rounded down: 29.97 s are not 30 s held.
    best = math.floor(10 * max((hold.held_s for hold in holds), default=0.0) + 1e-6) / 10
    if best >= target:
        what = "Treated" if technique.hold.is_treatment else "Held"
        return f"{what} for {best:g} s in the right position: the target of {target:.0f} s is reached."
    if any(hold.ended_by == RELEASED for hold in holds):
        return f"The tension let go before the target, and the hold was ended: {best:.1f} s of {target:.0f} s."
    if mistaken_s > best:
        lasted = "" if len(timeline.time_s) == 1 else f" for {mistaken_s:.0f} s"
        return (
            f"The {side.other} side was in position{lasted}, but the {side} one was to be judged: choose the "
            f"{side.other} side, or let it be found."
        )
    if len(timeline.time_s) == 1:
        return _still_sentence(technique, rules, timeline)
    if prevented := _prevented(timeline, company_s):
        return prevented
    short = f"In the right position, but not for long enough: {best:.1f} s of {target:.0f} s. {_breaks(holds, rules)}"
    return short if holds else _not_reached(technique, rules, side, strokes)


def _prevented(timeline: Timeline, company_s: float) -> str | None:
    """What kept anybody from judging a session that fell short of its target: company, or too few pictures."""
    if not len(timeline.time_s):
        return None
    if company_s > COMPANY_SHARE * (timeline.time_s[-1] - timeline.time_s[0]):
        return (
            f"Somebody else was close enough to touch for {company_s:.0f} s. Whose position was seen cannot be told: "
            "film one person alone, or choose a technique for two."
        )
    apart_s = float(np.median(np.diff(timeline.time_s)))
    if apart_s > LONGEST_FRAME_GAP_S:
        return (
            f"Pictures came {apart_s:.1f} s apart, too far to count time by: at least two a second are needed. Close "
            "other programs, or record a clip and have it checked."
        )
    return None


def _rolled(strokes: StrokeSummary) -> str:
    """What there was of a session without a hold. Strokes count in the right position only, so that was reached."""
    pace = f" at {strokes.speed_cm_s.told('cm a second')}" if strokes.speed_cm_s else ""
    return f"Rolled for {strokes.time_s:.1f} s, {strokes.counted}{pace}, but nothing was held."


def _not_reached(
    technique: Technique, rules: Mapping[str, RuleSummary], side: Side, strokes: StrokeSummary | None
) -> str:
    """What kept a session from any hold: only rolled, a fault, nothing done in the right position, or not seen."""
    heaviest = max(technique.rules, key=lambda rule: _hindrance(rule, rules[rule.id]))
    worst = rules[heaviest.id]
    if technique.rolling is not None and strokes is not None and strokes.count:
        wrong = heaviest is not technique.rest_rule and worst.fail_s > strokes.time_s
        advice = worst.cue if wrong else technique.say(technique.rolling.cue_stop, side)
        return f"{_rolled(strokes)} {'To correct first' if wrong else 'To do next'}: {_plain(advice)}."
    if technique.hold.cue_idle and worst.pass_s > worst.fail_s + worst.unseen_s:
        advice = _plain(technique.say(technique.hold.cue_idle, side))
        return f"The position was right, but what is to be done in it was not seen. To do next: {advice}."
    if worst.fail_s > 0.1 * (worst.pass_s + worst.fail_s + worst.unseen_s):
        return f"The right position was not reached. To correct first: {_plain(worst.cue)}."
    return (
        f"Whether the position was right could not be seen for long enough to count a hold. {technique.camera.advice}"
    )


def _hindrance(rule: Rule, summary: RuleSummary) -> tuple[bool, float, float]:
    """Order in which rules explain why nothing was held: required ones that failed longest, then the unseen."""
    return rule.required, summary.fail_s * rule.weight, summary.unseen_s


def _breaks(holds: Sequence[HoldSpan], rules: Mapping[str, RuleSummary]) -> str:
    """What ended the holds, in words."""
    causes = Counter(hold.ended_by for hold in holds if hold.ended_by not in UNBROKEN)
    if not causes:
        return "It ended before the target."
    cause, times = causes.most_common(1)[0]
    often = "once" if times == 1 else f"{times} times"
    if cause == IDLE:
        return f"It was broken {often} because the movement stopped."
    if cause == LEFT_VIEW:
        return f"It was broken {often} because something needed was out of sight."
    return f"It was broken {often}. To correct first: {_plain(rules[cause].cue)}."


def _plain(cue: str) -> str:
    """A cue without the full stop at its end, to stand inside a sentence."""
    return cue.rstrip(".!")


def _still_sentence(technique: Technique, rules: Mapping[str, RuleSummary], timeline: Timeline) -> str:
    """The sentence for a single picture, whose verdicts take no time."""
    now = {rule_id: Verdict(str(verdicts[0])) for rule_id, verdicts in timeline.verdicts.items()}
    required = sorted((rule for rule in technique.rules if rule.required), key=lambda rule: -rule.weight)
    for rule in required:
        if now[rule.id] is Verdict.FAIL:
            return f"Not yet the right position. To correct first: {_plain(rules[rule.id].cue)}."
    unseen = [rule.quantity.label.lower() for rule in required if now[rule.id] is Verdict.UNSEEN]
    if unseen:
        return f"Nothing wrong is seen, but not everything could be judged: {', '.join(unseen)}."
    return "The right position: every required rule passes."
