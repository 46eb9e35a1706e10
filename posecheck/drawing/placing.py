"""Where a gauge's card stands: beside its joint, over nothing that matters, and steady."""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot

import numpy as np

from posecheck.drawing.card import Card
from posecheck.drawing.layout import FrameLayout
from posecheck.drawing.skeleton import Points
from posecheck.drawing.stamp import Box
from posecheck.landmarks import SKELETON
from posecheck.pose import FloatArray
from posecheck.technique import Rule

_EDGES = np.array(SKELETON, dtype=np.int64)

_AROUND = np.array(((1, 0), (-1, 0), (1, -1), (-1, -1), (1, 1), (-1, 1), (0, -1), (0, 1)))
"""Places beside the joint, as directions from it: right, left, the four corners, above and below."""

_SPOTS = np.array([(right, down) for down in (0.0, 0.33, 0.67, 1.0) for right in (0.0, 0.5, 1.0)])
"""Places further off, as shares of the frame."""

_GAP_PX = 34
"""Between a joint and a card beside it (480 px frame); nearer is no better."""

_POINT_PX = 48
"""A place this much further from the joint is as bad as one more point of the body covered (480 px frame)."""

_TAKEN = 400.0
_OVER_JOINT = 30.0
"""The same for a card that lies wholly over something else, and for one that covers its own joint."""

_KEEP = 6.0
"""How many points of the body may be covered before a card leaves the place it had."""

_STEADY_PX = 10
"""How far a joint may move before its card is placed anew (480 px frame)."""


def body_samples(points: Points) -> FloatArray:
    """Points along the limbs that lie in the frame, shape (N, 2), pixels: what a card should not cover."""
    edges = _EDGES[points.inside[_EDGES].all(axis=1)]
    start, end = points.px[edges[:, 0]], points.px[edges[:, 1]]
    return np.concatenate([start + share * (end - start) for share in (0.0, 0.33, 0.67, 1.0)])


def place_card(
    card: Card,
    joint_px: tuple[float, float],
    frame: FrameLayout,
    taken: Sequence[Box],
    body: FloatArray,
    before: int | None,
) -> tuple[Box, int]:
    """Find the best place for a card around a joint.

    Parameters
    ----------
    card : Card
        The card.
    joint_px : tuple of float
        The joint, pixels.
    frame : FrameLayout
        The frame, which the card never leaves.
    taken : sequence of Box
        Where something is drawn already.
    body : array, shape (N, 2)
        Points to leave uncovered, pixels.
    before : int or None
        The place taken in the frame before, kept unless another is clearly better: a card that jumps is not read.

    Returns
    -------
    Box
        The place on the frame.
    int
        Its number, to be given back as `before` for the next frame.
    """
    low = np.array((frame.title.x, frame.title.y))
    high = np.array((frame.width - card.width, frame.height - card.height)) - low
    size = np.array((card.width, card.height))
    joint = np.array(joint_px)
    gap = frame.px(_GAP_PX)
    near = joint + _AROUND * gap + (_AROUND - 1) / 2 * size
    far = low + _SPOTS * (high - low)
    corners = np.rint(np.maximum(0, np.minimum(np.maximum(np.concatenate((near, far)), low), high))).astype(np.int64)
    covered = np.ones((len(corners), len(body)), dtype=np.bool_)
    for axis in (0, 1):
        offset = body[:, axis] - corners[:, axis, None]
        covered &= (offset >= 0) & (offset <= size[axis])
    away = np.maximum(0, np.maximum(corners - joint, joint - corners - size))
    cost = covered.sum(axis=1) + np.maximum(gap, np.hypot(away[:, 0], away[:, 1])) / frame.px(_POINT_PX)
    cost += _OVER_JOINT * (away == 0).all(axis=1)
    for box in taken:
        shared = np.minimum(corners + size, (box.right, box.bottom)) - np.maximum(corners, (box.x, box.y))
        cost += _TAKEN * np.maximum(0, shared).prod(axis=1) / size.prod()
    if before is not None:
        cost[before] -= _KEEP
    best = int(np.argmin(cost))
    return Box(int(corners[best, 0]), int(corners[best, 1]), card.width, card.height), best


class SteadyPlace:
    """Keeps a card where it is until its joint has moved away: a card that trembles with the joint is not read."""

    def __init__(self) -> None:
        self._for: tuple[str, Card, tuple[Box, ...]] | None = None
        self._joint_px = (0.0, 0.0)
        self._number = 0
        self._box = Box(0, 0, 0, 0)

    def find(
        self,
        rule: Rule,
        card: Card,
        joint_px: tuple[float, float],
        frame: FrameLayout,
        taken: tuple[Box, ...],
        points: Points,
    ) -> Box:
        """The place of a card in this frame; see `place_card`."""
        wanted = (rule.id, card, taken)
        moved = hypot(joint_px[0] - self._joint_px[0], joint_px[1] - self._joint_px[1])
        if wanted != self._for or moved > frame.px(_STEADY_PX):
            before = self._number if self._for is not None and self._for[0] == rule.id else None
            self._box, self._number = place_card(card, joint_px, frame, taken, body_samples(points), before)
            self._for, self._joint_px = wanted, joint_px
        return self._box
