"""What is being done, in letters to be read from 3 m, and what was done when, as a strip. Everything is escaped.

The letters are 4.2% of the page's width: on a laptop's screen, 31 cm wide, capitals 9 mm high. At 3 m these are ten
minutes of arc, twice what normal sight needs (five at 20/20).
"""

from __future__ import annotations

import math
from html import escape

from posecheck.phase import PHASE_WORDS, Pace, Phase, Rub, Swinging
from posecheck.quantities import QUANTITIES
from posecheck.report.phases import phase_bars, phase_totals
from posecheck.result import FrameResult, SessionResult, Verdict
from posecheck.technique import Movement, Rolling, Technique

_LEAST_WORD = 9.0
"""Percent of the strip from which on a phase's word fits into it."""


def meanwhile(technique: Technique, latest: FrameResult | None) -> str:
    """What to do while there is no cue; who swings is not told to hold."""
    if latest is None:
        return "Looking for you…"
    if latest.phase is Phase.ROLL:
        return "Roll on slowly"
    if not latest.hold.in_position:
        return _waiting(technique, latest)
    return "Good, go on slowly" if technique.movement else "Good, hold it there"


def _waiting(technique: Technique, latest: FrameResult) -> str:
    """What to do out of position: a hold under way goes on if that lasts for a moment only, and is no new start."""
    if not latest.hold.active:
        return "Get into position"
    verdicts = {latest.verdicts.get(rule.id) for rule in technique.rules if rule.required}
    out_of_sight = Verdict.UNSEEN in verdicts and Verdict.FAIL not in verdicts
    return "Stay there, looking again…" if out_of_sight else "Keep the position"


def now_strip(technique: Technique, latest: FrameResult) -> str:
    """The phase, the pace of rolling, swinging or rubbing, and the side with its time: that to come, on changing."""
    phase = latest.phase
    cells = [_cell(phase.value, PHASE_WORDS[phase].capitalize(), _phase_caption(latest))]
    if technique.rolling is not None and latest.pace.rolling:
        cells.append(_pace(latest.pace, technique.rolling))
    if technique.movement is not None and latest.swinging.moving:
        cells.append(_swing(latest.swinging, technique.movement))
    if technique.rubbing is not None and latest.rub.moving:
        cells.append(_rub(latest.rub))
    if technique.sided:
        switching = phase is Phase.SWITCH
        side = latest.side.other if switching else latest.side
        cells.append(_cell("side", side.value.capitalize(), _side_caption(latest, switching)))
    return f'<div class="pc-now" data-testid="now">{"".join(cells)}</div>'


def _side_caption(latest: FrameResult, switching: bool) -> str:
    """The time in position on each side, once there is some; and that the side comes next, or is the one worked on."""
    times = {side: int(seconds) for side, seconds in latest.side_times_s.items() if seconds >= 1.0}
    in_words = ", ".join(f"{seconds} s {side}" for side, seconds in times.items())
    if switching:
        return f"comes next (so far {in_words})" if times else "comes next"
    return f"in position {in_words}" if times else "side worked on"


def _phase_caption(latest: FrameResult) -> str:
    hold = latest.hold
    if latest.phase in (Phase.HOLD, Phase.TREAT):
        return f"{hold.held_s:.0f} of {hold.target_s:g} s"
    if latest.phase is Phase.ROLL:
        return f"for {latest.pace.rolled_s:.0f} s"
    return "now"


def _pace(pace: Pace, asked: Rolling) -> str:
    """Speed of the last stroke beside what is allowed."""
    return _speed("pace", 100 * pace.speed_m_s, 100 * asked.max_speed_m_s, " cm/s", too_fast=pace.too_fast)


def _swing(swinging: Swinging, asked: Movement) -> str:
    """Speed of the last swing beside what is allowed."""
    unit = f"{QUANTITIES[asked.measure].short_unit}/s"
    if swinging.jerky and not swinging.too_fast:
        return _cell("fast", f"{swinging.speed:.0f}{unit}", "with a jerk")
    return _speed("speed", swinging.speed, asked.max_speed, unit, too_fast=swinging.too_fast)


def _rub(rub: Rub) -> str:
    """How often, and how far, the hands rub, and what is wrong with it."""
    if rub.fault is None:
        return _cell("pace", f"{rub.rate_hz:.1f}/s", f"{rub.far_cm:.0f} cm wide")
    wrong = "along the fibres" if rub.fault == "along" else f"too {rub.fault}"
    return _cell("fast", f"{rub.rate_hz:.1f}/s", f"{rub.far_cm:.0f} cm wide: {wrong}")


def _speed(name: str, last: float, most: float, unit: str, *, too_fast: bool) -> str:
    """The last speed beside what is allowed; before there is one, none is made up."""
    limit = f"at most {most:g}{unit}"
    if not math.isfinite(last):
        return _cell("pace", f"? {unit.strip()}", f"{name} not seen yet, {limit}")
    speed = f"{last:.0f}{unit}"
    return _cell("fast", speed, f"too fast: {limit}") if too_fast else _cell("pace", speed, limit)


def _cell(kind: str, large: str, small: str) -> str:
    return f'<div class="{escape(kind, quote=True)}"><b>{escape(large)}</b><span>{escape(small)}</span></div>'


def phase_strip(result: SessionResult) -> str:
    """What was done when, in colours, words and seconds; empty where there is nothing to tell apart."""
    bars = phase_bars(result)
    if not bars:
        return ""
    read = "; ".join(f"{bar.word} from {bar.when}" for bar in bars)
    pieces = "".join(
        f'<span class="pc-ph {bar.phase}" style="width: {bar.percent:.2f}%" '
        f'title="{escape(bar.word, quote=True)}, {escape(bar.when, quote=True)}">'
        f"{escape(bar.word) if bar.percent > _LEAST_WORD else ''}</span>"
        for bar in bars
    )
    totals = "".join(
        f'<li><span class="pc-ph {phase}"></span>{escape(word)} {escape(time)}</li>'
        for phase, word, time in phase_totals(result)
    )
    return (
        f'<div class="pc-strip" role="img" aria-label="{escape(read, quote=True)}">{pieces}</div>'
        f'<ul class="pc-phases" aria-label="Time of each phase">{totals}</ul>'
    )
