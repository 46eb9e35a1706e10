"""The gauge at a joint: a rule's value, how sure it is, and the band it should lie in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import cos, hypot, isfinite, radians, sin

import cv2
import numpy as np

from posecheck.drawing.card import DIAL_RIM, Card, card_stamp
from posecheck.drawing.lettering import base_line, text_stamp
from posecheck.drawing.palette import INK, MIST, VERDICT_COLOURS, WHITE, Colour
from posecheck.drawing.skeleton import Points, rule_landmarks
from posecheck.drawing.stamp import Box, Canvas, Image, Stamp, shape_mask
from posecheck.drawing.wording import unit_sign
from posecheck.landmarks import Landmark, Side
from posecheck.result import Reading, Verdict
from posecheck.technique import Rule

_JOINTS = {
    "knee_flexion": "KNEE",
    "hip_flexion": "HIP",
    "hip_abduction": "HIP",
    "hip_rotation": "KNEE",
    "trunk_inclination": "HIP",
}
"""Where the gauge of a measure stands; any other at the first of its joints."""

_BITS = 4
_FINER = 1 << _BITS


@dataclass(frozen=True)
class Tie:
    """The ring around a gauge's joint, from which a thin line leads to the card; all in pixels."""

    joint_px: tuple[float, float]
    radius: int
    width: int


def gauge_joint(rule: Rule, side: Side, points: Points) -> Landmark | None:
    """The landmark at which a rule's gauge stands: the nearest to its meaning that lies in the frame."""
    landmarks = rule_landmarks(rule, side)
    joint = _JOINTS.get(rule.measure, "")
    # Of a measure of the whole body the side being worked on stands for both.
    ranked = sorted(landmarks, key=lambda one: (not one.name.endswith(f"_{joint}"), not one.name.startswith(side.name)))
    return next((landmark for landmark in ranked if points.inside[landmark]), None)


def draw_gauge(
    image: Image, rule: Rule, value: str, reading: Reading, verdict: Verdict, card: Card, box: Box, tie: Tie
) -> None:
    """Draw a rule's gauge at its place, tied to its joint by a thin line.

    The needle or marker is in the colour of the verdict; the white line on the scale reaches from one standard error
    below the value to one above it.
    """
    _draw_tie(image, box, tie)
    card_stamp(rule, card).onto(image, box.x, box.y)
    number = text_stamp(value, card.value_px, WHITE)
    number.onto(image, box.x + card.text_x, box.y + card.value_y)
    if not unit_sign(rule):
        x = box.x + card.text_x + number.width
        drop = base_line(card.value_px) - base_line(card.small_px)
        text_stamp(rule.quantity.short_unit, card.small_px, MIST).onto(image, x, box.y + card.value_y + drop)
    (_needle if card.dial else _marker)(image, card, box, reading, VERDICT_COLOURS[verdict])


@lru_cache(maxsize=32)
def _ring_stamp(radius: int, width: int) -> Stamp:
    side = 2 * (radius + width) + 1
    canvas = Canvas(side, side)
    for colour, line in ((INK, width + 2), (WHITE, width)):

        def ring(fine: Image, finer: int, line: int = line) -> None:
            middle = round(side / 2 * finer)
            cv2.circle(fine, (middle, middle), radius * finer, 255, line * finer)

        canvas.add(shape_mask(side, side, ring), colour)
    return canvas.stamp()


def _draw_tie(image: Image, box: Box, tie: Tie) -> None:
    x, y = tie.joint_px
    end = (min(max(x, box.x + 2), box.right - 3), min(max(y, box.y + 2), box.bottom - 3))
    length = hypot(end[0] - x, end[1] - y)
    share = tie.radius / length if length > tie.radius else 1.0
    start = (x + share * (end[0] - x), y + share * (end[1] - y))
    for colour, width in ((INK, tie.width + 2), (WHITE, tie.width)):
        cv2.line(image, _fine(*start), _fine(*end), colour, width, cv2.LINE_AA, _BITS)
    ring = _ring_stamp(tie.radius, tie.width)
    ring.onto(image, round(x) - ring.width // 2, round(y) - ring.height // 2)


def _needle(image: Image, card: Card, box: Box, reading: Reading, colour: Colour) -> None:
    x, y, radius = card.hub()
    x, y = x + box.x, y + box.y
    hub = _fine(x, y)
    if isfinite(reading.se):
        r = round((1 - DIAL_RIM / 2) * radius * _FINER)
        start, end = (180 + 180 * card.share(reading.value + sign * reading.se) for sign in (-1, 1))
        cv2.ellipse(
            image, hub, (r, r), 0, start, end, WHITE, max(1, round(0.4 * DIAL_RIM * radius)), cv2.LINE_AA, _BITS
        )
    angle = radians(180 + 180 * card.share(reading.value))
    along, half = np.array((cos(angle), sin(angle))), 0.11 * radius
    across = np.array((-along[1], along[0]))
    centre = np.array((x, y))
    for wider, paint in ((1.5, INK), (0.0, colour)):
        base, tip = (half + wider) * across, centre + ((0.98 - DIAL_RIM) * radius + wider) * along
        needle = np.stack((centre - base, tip - 0.4 * base, tip + 0.4 * base, centre + base))
        cv2.fillConvexPoly(image, np.rint(needle * _FINER).astype(np.int32), paint, cv2.LINE_AA, _BITS)
    cv2.circle(image, hub, round(0.15 * radius * _FINER), WHITE, -1, cv2.LINE_AA, _BITS)


def _marker(image: Image, card: Card, box: Box, reading: Reading, colour: Colour) -> None:
    left, height = box.x + card.scale.x, card.scale.height
    top, middle = box.y + card.scale.y + 0.3 * height, box.y + card.scale.y + 0.72 * height
    if isfinite(reading.se):
        ends = [left + card.scale.width * card.share(reading.value + sign * reading.se) for sign in (-1, 1)]
        width = max(1, card.small_px // 8)
        cv2.line(image, _fine(ends[0], middle), _fine(ends[1], middle), WHITE, width, cv2.LINE_AA, _BITS)
    x = left + card.scale.width * card.share(reading.value)
    for half, paint in ((0.34 * height, INK), (0.26 * height, colour)):
        corners = [_fine(x - half, top - half), _fine(x + half, top - half), _fine(x, middle + 0.5 * half)]
        cv2.fillConvexPoly(image, np.array(corners, dtype=np.int32), paint, cv2.LINE_AA, _BITS)


def _fine(x: float, y: float) -> tuple[int, int]:
    """A point in sixteenths of a pixel, as OpenCV takes it."""
    return round(x * _FINER), round(y * _FINER)
