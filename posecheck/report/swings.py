"""What is said of a joint that was swung, or of hands that glided back and forth, beside what is asked for."""

from __future__ import annotations

from posecheck.phase import RubSummary, Spread, SwingSummary
from posecheck.quantities import QUANTITIES
from posecheck.report import words
from posecheck.technique import Band, Movement, Rubbing

_ENDS = {
    "hip_rotation": ("inward (the foot goes out)", "outward (the foot comes in)"),
    "hands_along": ("nearest to the feet (hips: 0)", "nearest to the head"),
}
"""What the lower and the higher end of a measure are called."""
_USUAL_ENDS = ("at the lower end", "at the higher end")
_WAYS = {"hip_rotation": ("inward", "outward"), "hands_along": ("toward the feet", "back")}
_USUAL_WAYS = ("down", "up")


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
    quantity = QUANTITIES[measure]
    unit, one = quantity.short_unit, "swing" if quantity.unit == "deg" else "stroke"
    times = f"1 {one}" if swings.count == 1 else f"{swings.count} {one}s"
    lines = [f"{times} of {told(swings.range, unit)}{words.asked_for(asked.range if asked else None, unit)}."]
    for end, name, band in zip(
        (swings.lowest, swings.highest),
        _ENDS.get(measure, _USUAL_ENDS),
        (asked.lowest, asked.highest) if asked else (None, None),
        strict=True,
    ):
        if end is not None:
            lines.append(f"{name.capitalize()}: {told(end, unit)}{words.asked_for(band, unit)}.")
    if swings.tempo_s and swings.rising_s and swings.falling_s:
        lines += _tempo(swings.tempo_s, swings.rising_s, swings.falling_s, measure, asked)
        lines.append(
            f"Evenness: from {one} to {one} the {'range' if one == 'swing' else 'length'} differs by "
            f"{swings.range.sd:.0f}{unit}, "
            f"the time by {max(swings.rising_s.sd, swings.falling_s.sd):.1f} s (standard deviation)."
        )
    limit = f"; allowed: at most {asked.max_speed:g}{unit} a second" if asked else ""
    fast = f" Too fast: {words.share(swings.too_fast_share)} of the {one}s." if swings.too_fast_share else ""
    lines.append(f"Speed of a {one}: {told(swings.speed, unit)} a second{limit}.{fast}")
    return [*lines, *_smoothness(swings, unit, one)]


def _smoothness(swings: SwingSummary, unit: str, one: str) -> list[str]:
    """How fast it was at its fastest; what is jerked is much faster there than on the whole."""
    if swings.fastest is None:
        return []
    jerks = f" Jerked: {words.share(swings.jerky_share)} of the {one}s." if swings.jerky_share else ""
    return [f"Its fastest half second: {told(swings.fastest, unit)} a second; smooth is up to twice the mean.{jerks}"]


def asked_movement(asked: Movement) -> str:
    """What a technique asks of its movement: ``between 20° and 90° from end to end, ... at most 25° a second``."""
    unit = QUANTITIES[asked.measure].short_unit
    parts = [f"{words.band(asked.range, unit)} from end to end"]
    ends = zip(_ENDS.get(asked.measure, _USUAL_ENDS), (asked.lowest, asked.highest), strict=True)
    parts += [f"{name} {words.band(end, unit)}" for name, end in ends if end]
    if asked.tempo_s:
        parts.append(f"{words.band(asked.tempo_s, ' s')} there and back")
    return ", ".join([*parts, f"{words.band(Band(max=asked.max_speed), unit)} a second"])


def _tempo(tempo: Spread, rising: Spread, falling: Spread, measure: str, asked: Movement | None) -> list[str]:
    down, up = _WAYS.get(measure, _USUAL_WAYS)
    return [
        f"There and back in {seconds(tempo)}{words.asked_for(asked.tempo_s if asked else None, ' s')}; "
        f"{rising.mean:.1f} s {up}, {falling.mean:.1f} s {down}."
    ]


def told(value: Spread, unit: str) -> str:
    """A mean with its standard error: ``43° ± 5°``, ``36 ± 3 cm``; an error is never printed as none."""
    sign = unit if unit == "°" else ""
    return f"{round(value.mean) + 0:d}{sign} ± {max(1, round(value.standard_error)):d}{unit}"


def rub_lines(rubbing: RubSummary, asked: Rubbing | None) -> list[str]:
    """Sentences on a partner's rubbing: how far, how often, at which angle to the fibres, and for how long."""
    if rubbing.far_cm is None or rubbing.rate_hz is None or rubbing.angle_deg is None:
        return ["Rubbing: none was seen in the right place."]
    across = f"; asked for: at least {asked.least_angle_deg:g}°" if asked else ""
    wrong = f" Not as asked in {words.share(rubbing.faulty_share)} of that time." if rubbing.faulty_share else ""
    far = f"{rubbing.far_cm.mean:.1f} ± {rubbing.far_cm.standard_error:.1f} cm from end to end"
    return [
        f"Rubbed for {words.duration(rubbing.time_s)}, {far}{words.asked_for(asked.far_cm if asked else None, ' cm')}.",
        f"Back and forth {rubbing.rate_hz.mean:.1f} ± {max(0.1, rubbing.rate_hz.standard_error):.1f} times a second"
        f"{words.asked_for(asked.rate_hz if asked else None, ' times a second')}.",
        f"Angle to the fibres: {told(rubbing.angle_deg, '°')} (90° is straight across){across}.{wrong}",
    ]


def seconds(value: Spread) -> str:
    """A time with its standard error: ``6.0 ± 0.2 s``."""
    return f"{value.mean:.1f} ± {max(0.1, value.standard_error):.1f} s"
