"""Colours (RGB) of the picture, chosen so that red-green blindness takes nothing away."""

from __future__ import annotations

from posecheck.result import CueKind, Verdict

Colour = tuple[int, int, int]

INK: Colour = (13, 20, 30)
"""Outlines and panels: dark enough to carry every other colour on any background."""
WHITE: Colour = (255, 255, 255)
MIST: Colour = (203, 213, 225)
"""Limbs that no rule asks about, and what is said quietly."""
GREY: Colour = (148, 158, 172)
GREEN: Colour = (36, 212, 166)
ORANGE: Colour = (255, 96, 40)
AMBER: Colour = (255, 190, 70)
BLUE: Colour = (96, 180, 255)

VERDICT_COLOURS: dict[Verdict, Colour] = {Verdict.PASS: GREEN, Verdict.FAIL: ORANGE, Verdict.UNSEEN: GREY}
"""A light bluish green against a darker orange red: they differ in lightness and along the blue-yellow axis, which
people who are red-green blind see. Line width, dashes and the shape of the joints say the same without colour."""

CUE_COLOURS: dict[CueKind, Colour] = {
    CueKind.CORRECTION: ORANGE,
    CueKind.VIEW: BLUE,
    CueKind.PRAISE: GREEN,
    CueKind.HOLD: WHITE,
}
