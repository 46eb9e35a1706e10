"""What is said of a joint that was swung back and forth, beside what the technique asks for: all in degrees."""

from __future__ import annotations

from posecheck.phase import Spread, SwingSummary
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
    lines = [f"{times} of {degrees(swings.range)}{_asked(asked.range if asked else None, '°')}."]
    for end, name, band in zip(
        (swings.lowest, swings.highest),
        _ENDS.get(measure, _USUAL_ENDS),
        (asked.lowest, asked.highest) if asked else (None, None),
        strict=True,
    ):
        if end is not None:
            lines.append(f"{name.capitalize()}: {degrees(end)}{_asked(band, '°')}.")
    if swings.tempo_s and swings.rising_s and swings.falling_s:
        lines += _tempo(swings.tempo_s, swings.rising_s, swings.falling_s, measure, asked)
        lines.append(
            f"Evenness: from swing to swing the range differs by {swings.range.sd:.0f}°, "
            f"the time by {max(swings.rising_s.sd, swings.falling_s.sd):.1f} s (standard deviation)."
        )
    limit = f"; allowed: at most {asked.max_speed:g}° a second" if asked else ""
    fast = f" Too fast: {words.share(swings.too_fast_share)} of the swings." if swings.too_fast_share else ""
    return [*lines, f"Speed of a swing: {degrees(swings.speed, ' a second')}{limit}.{fast}"]


def _tempo(tempo: Spread, rising: Spread, falling: Spread, measure: str, asked: Movement | None) -> list[str]:
    down, up = ("inward", "outward") if measure in _ENDS else ("down", "up")
    return [
        f"There and back in {seconds(tempo)}{_asked(asked.tempo_s if asked else None, ' s')}; "
        f"{rising.mean:.1f} s {up}, {falling.mean:.1f} s {down}."
    ]


def degrees(value: Spread, per: str = "") -> str:
    """A mean with its standard error: ``43° ± 5°``; an error is never printed as none."""
    return f"{round(value.mean) + 0:d}° ± {max(1, round(value.standard_error)):d}°{per}"


def seconds(value: Spread) -> str:
    """A time with its standard error: ``6.0 ± 0.2 s``."""
    return f"{value.mean:.1f} ± {max(0.1, value.standard_error):.1f} s"


def _asked(band: Band | None, unit: str) -> str:
    """A band after a semicolon, or nothing."""
    if band is None:
        return ""
    if band.min is not None and band.max is not None:
        return f"; asked for: {band.min:g} to {band.max:g}{unit}"
    end = f"at least {band.min:g}" if band.min is not None else f"at most {band.max:g}"
    return f"; asked for: {end}{unit}"
