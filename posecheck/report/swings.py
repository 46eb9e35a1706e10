"""What is said of a joint that was swung back and forth, beside what the technique asks for: all in degrees."""

from __future__ import annotations

from posecheck.phase import Spread, SwingSummary
from posecheck.quantities import quantity_of
from posecheck.report import words
from posecheck.technique import Band, Movement

_ENDS = {"hip_rotation": ("inward (the foot goes out)", "outward (the foot comes in)")}
"""What the lower and the higher end of a measure are called."""
_USUAL_ENDS = ("at the lower end", "at the higher end")


def swing_lines(swings: SwingSummary, measure: str, asked: Movement | None) -> list[str]:
    """Sentences on range, tempo, evenness and speed; empty when no whole swing was seen.

    Parameters
    ----------
    swings : SwingSummary
        Of a session.
    measure : str
        Name of the measure that was swung.
    asked : Movement or None
        What the technique asks for.
    """
    if swings.range is None or swings.speed is None:
        return []
    times = "1 swing" if swings.count == 1 else f"{swings.count} swings"
    lines = [f"{times} of {degrees(swings.range)}{words.asked_for(asked.range if asked else None, '°')}."]
    for end, name, band in zip(
        (swings.lowest, swings.highest),
        _ENDS.get(measure, _USUAL_ENDS),
        (asked.lowest, asked.highest) if asked else (None, None),
        strict=True,
    ):
        if end is not None:
            lines.append(f"{name.capitalize()}: {degrees(end)}{words.asked_for(band, '°')}.")
    if swings.tempo_s and swings.rising_s and swings.falling_s:
        lines += _tempo(swings.tempo_s, swings.rising_s, swings.falling_s, measure, asked)
        lines.append(
            f"Evenness: from swing to swing the range differs by {swings.range.sd:.0f}°, "
            f"the time by {max(swings.rising_s.sd, swings.falling_s.sd):.1f} s (standard deviation)."
        )
    limit = f"; allowed: at most {asked.max_speed:g}° a second" if asked else ""
    fast = f" Too fast: {words.share(swings.too_fast_share)} of the swings." if swings.too_fast_share else ""
    return [*lines, f"Speed of a swing: {degrees(swings.speed, ' a second')}{limit}.{fast}"]


def asked_movement(asked: Movement) -> str:
    """What a technique asks of its movement: ``between 20° and 90° from end to end, ... at most 25° a second``."""
    unit = quantity_of(asked.measure).short_unit
    parts = [f"{words.band(asked.range, unit)} from end to end"]
    ends = zip(_ENDS.get(asked.measure, _USUAL_ENDS), (asked.lowest, asked.highest), strict=True)
    parts += [f"{name} {words.band(end, unit)}" for name, end in ends if end]
    if asked.tempo_s:
        parts.append(f"there and back in {words.band(asked.tempo_s, ' s')}")
    return ", ".join([*parts, f"{words.band(Band(max=asked.max_speed), unit)} a second"])


def _tempo(tempo: Spread, rising: Spread, falling: Spread, measure: str, asked: Movement | None) -> list[str]:
    down, up = ("inward", "outward") if measure in _ENDS else ("down", "up")
    return [
        f"There and back in {seconds(tempo)}{words.asked_for(asked.tempo_s if asked else None, ' s')}; "
        f"{rising.mean:.1f} s {up}, {falling.mean:.1f} s {down}."
    ]


def degrees(value: Spread, per: str = "") -> str:
    """A mean with its standard error: ``43° ± 5°``; an error is never printed as none."""
    return f"{round(value.mean) + 0:d}° ± {max(1, round(value.standard_error)):d}°{per}"


def seconds(value: Spread) -> str:
    """A time with its standard error: ``6.0 ± 0.2 s``."""
    return f"{value.mean:.1f} ± {max(0.1, value.standard_error):.1f} s"
