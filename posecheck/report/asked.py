"""What a technique asks for besides its position, in words: rolling, swinging, rubbing, and when time counts."""

from __future__ import annotations

from typing import NamedTuple

from posecheck.landmarks import Side
from posecheck.quantities import quantity_of
from posecheck.report.phases import asked_strokes
from posecheck.report.swings import asked_movement
from posecheck.technique import Technique


class Asked(NamedTuple):
    """One thing that is asked for.

    Parameters
    ----------
    what : str
        Its name: ``Rolling``.
    words : str
        What is asked: a sentence, or what follows the name in one.
    cue : str or None
        What is said when it is not so.
    """

    what: str
    words: str
    cue: str | None = None


def asked_besides(technique: Technique) -> list[Asked]:
    """What a technique asks for besides its rules and its hold; nothing where it is only held."""
    asked = []
    if rolling := technique.rolling:
        words = f"Strokes of {asked_strokes(rolling)}, for about {rolling.roll_s:g} s before the hold."
        asked.append(Asked("Rolling.", words, technique.say(rolling.cue_fast, Side.RIGHT)))
    if movement := technique.movement:
        words = f"{quantity_of(movement.measure).label}: {asked_movement(movement)}."
        cue = technique.say(movement.cue_fast, Side.RIGHT) if movement.cue_fast else None
        asked.append(Asked("Movement.", words, cue))
    if rubbing := technique.rubbing:
        words = (
            f"{rubbing.far_cm.min:g} to {rubbing.far_cm.max:g} cm, {rubbing.rate_hz.min:g} to "
            f"{rubbing.rate_hz.max:g} times a second, at {rubbing.least_angle_deg:g}° or more to the fibres."
        )
        asked.append(Asked("Rubbing.", words))
    if idle := technique.hold.cue_idle:
        asked.append(Asked("Time counts", "only while that is done.", technique.say(idle, Side.RIGHT)))
    return asked
